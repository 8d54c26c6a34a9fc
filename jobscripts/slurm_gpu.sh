#!/usr/bin/env bash
#SBATCH --job-name=pstm-gpu
#SBATCH --nodes=1
#SBATCH --gpus-per-node=4
#SBATCH --ntasks-per-node=4
#SBATCH --cpus-per-task=8
#SBATCH --time=04:00:00
#SBATCH --signal=B:USR1@300
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%j.out
# One job on GPU nodes, a rank for each GPU; requeues itself like slurm_cpu.sh.
#   sbatch [SLURM OPTIONS] slurm_gpu.sh JOB.yaml [pstm run OPTIONS]
# Every rank sees all GPUs of its node and takes the one of its number on the node. So ask with
# --gpus-per-node, and not with --gpus-per-task, which shows each rank one GPU under the same number.
set -euo pipefail
# Slurm runs a copy of this script; PSTM_JOBSCRIPTS, or the job's command, says where the original is.
here=${PSTM_JOBSCRIPTS:-$(scontrol show job "${SLURM_JOB_ID:?submit this with sbatch}" | sed -n 's/^ *Command=\([^ ]*\)\/.*/\1/p' || true)}
here=${here%%$'\n'*}
[ -f "$here/common.sh" ] || { echo "no common.sh in '$here'; submit with PSTM_JOBSCRIPTS=/folder/of/the/job/scripts" >&2; exit 1; }
source "$here/common.sh"
[ $# -ge 1 ] || die "a job file is wanted"
[ -z "${SLURM_GPUS_PER_TASK:-}" ] || die "use --gpus-per-node instead of --gpus-per-task"
gpus=${SLURM_GPUS_PER_NODE:-${SLURM_GPUS_ON_NODE:-0}}
gpus=${gpus##*:} # "h100:4"
[ "$gpus" = "$ranks_on_node" ] || die "$ranks_on_node ranks on a node of $gpus GPUs; --ntasks-per-node and --gpus-per-node must be equal"

if [ "$PSTM_LAUNCHER" = srun ]; then launch+=(--gpu-bind=none); fi
resumable "${launch[@]}" "$PSTM" run "${options[@]}" --set devices=cuda "$@"
