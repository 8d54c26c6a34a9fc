#!/usr/bin/env bash
#SBATCH --job-name=pstm-shard
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=8
#SBATCH --time=08:00:00
#SBATCH --signal=B:USR1@300
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%A_%a.out
# A job array: each task migrates one shard of the tiles, into IMAGE.shardIofN.h5; slurm_merge.sh puts them
# together. For many small jobs that start whenever there is room.
#   id=$(sbatch --parsable --array=1-N slurm_array.sh JOB.yaml IMAGE.h5 [pstm run OPTIONS])
#   sbatch --dependency=afterok:$id slurm_merge.sh IMAGE.h5 N
# To run one shard again: PSTM_SHARDS=N sbatch --array=I slurm_array.sh ...
set -euo pipefail
# Slurm runs a copy of this script; PSTM_JOBSCRIPTS, or the job's command, says where the original is.
here=${PSTM_JOBSCRIPTS:-$(scontrol show job "${SLURM_JOB_ID:?submit this with sbatch}" | sed -n 's/^ *Command=\([^ ]*\)\/.*/\1/p' || true)}
here=${here%%$'\n'*}
[ -f "$here/common.sh" ] || { echo "no common.sh in '$here'; submit with PSTM_JOBSCRIPTS=/folder/of/the/job/scripts" >&2; exit 1; }
source "$here/common.sh"
[ $# -ge 2 ] || die "a job file and the image to make are wanted"
[ -n "${SLURM_ARRAY_TASK_ID:-}" ] || die "this is for job arrays: sbatch --array=1-N"
job=$1 image=$2
shift 2
if [ -z "${PSTM_SHARDS:-}" ] && { [ "$SLURM_ARRAY_TASK_MIN" != 1 ] || [ "$SLURM_ARRAY_TASK_COUNT" != "$SLURM_ARRAY_TASK_MAX" ]; }; then
  die "--array=1-N is wanted; for a part of the shards say how many there are: PSTM_SHARDS=N"
fi
i=$SLURM_ARRAY_TASK_ID n=${PSTM_SHARDS:-$SLURM_ARRAY_TASK_MAX}

resumable "${launch[@]}" "$PSTM" run "$job" "${options[@]}" --shard "$i/$n" \
  --set "output.file=${image%.h5}.shard${i}of$n.h5" "$@"
