#!/usr/bin/env bash
#SBATCH --job-name=pstm
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=2
#SBATCH --cpus-per-task=8
#SBATCH --time=08:00:00
#SBATCH --signal=B:USR1@300
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%j.out
# One job on CPU nodes; at the time limit it stops in good order, requeues itself and goes on.
#   sbatch [SLURM OPTIONS] slurm_cpu.sh JOB.yaml [pstm run OPTIONS]
# Good: a rank per socket, --cpus-per-task = its cores. Many nodes: --nodes=8.
set -euo pipefail
# Slurm runs a copy of this script; PSTM_JOBSCRIPTS, or the job's command, says where the original is.
here=${PSTM_JOBSCRIPTS:-$(scontrol show job "${SLURM_JOB_ID:?submit this with sbatch}" | sed -n 's/^ *Command=\([^ ]*\)\/.*/\1/p' || true)}
here=${here%%$'\n'*}
[ -f "$here/common.sh" ] || { echo "no common.sh in '$here'; submit with PSTM_JOBSCRIPTS=/folder/of/the/job/scripts" >&2; exit 1; }
source "$here/common.sh"
[ $# -ge 1 ] || die "a job file is wanted"

resumable "${launch[@]}" "$PSTM" run "${options[@]}" "$@"
