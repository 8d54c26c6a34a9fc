#!/usr/bin/env bash
# A job on this machine, without a batch system. Ctrl-C ends it at once; `kill -USR1` of mpirun stops it in
# good order; the same command goes on.
#   local.sh RANKS JOB.yaml [pstm run OPTIONS]
set -euo pipefail
source "${PSTM_SITE:-$(dirname "${BASH_SOURCE[0]}")/site.sh}"
[ $# -ge 2 ] || { echo "usage: local.sh RANKS JOB.yaml [pstm run OPTIONS]" >&2; exit 1; }
ranks=$1
shift
if [ "$ranks" = 1 ]; then exec "$PSTM" run "$@"; fi
# Ranks that wait for each other leave the core to those that compute, should there be more ranks than cores.
export OMPI_MCA_mpi_yield_when_idle=1
exec mpirun -n "$ranks" --bind-to none "$PSTM" run "$@"
