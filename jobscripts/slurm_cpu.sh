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
here=${PSTM_JOBSCRIPTS:-$(dirname "$(scontrol show job "$SLURM_JOB_ID" | sed -n 's/^ *Command=\([^ ]*\).*/\1/p' | head -n 1)")}
source "$here/common.sh"
[ $# -ge 1 ] || die "a job file is wanted"

resumable "${launch[@]}" "$PSTM" run "${options[@]}" "$@"
