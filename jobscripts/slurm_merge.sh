#!/usr/bin/env bash
#SBATCH --job-name=pstm-merge
#SBATCH --ntasks=1
#SBATCH --time=02:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%j.out
# Puts the shards of slurm_array.sh together; the same command goes on where a killed one was.
#   sbatch --dependency=afterok:ARRAY_JOB slurm_merge.sh IMAGE.h5 N
set -euo pipefail
# Slurm runs a copy of this script; PSTM_JOBSCRIPTS, or the job's command, says where the original is.
here=${PSTM_JOBSCRIPTS:-$(scontrol show job "${SLURM_JOB_ID:?submit this with sbatch}" | sed -n 's/^ *Command=\([^ ]*\)\/.*/\1/p' || true)}
here=${here%%$'\n'*}
[ -f "$here/common.sh" ] || { echo "no common.sh in '$here'; submit with PSTM_JOBSCRIPTS=/folder/of/the/job/scripts" >&2; exit 1; }
source "$here/common.sh"
[ $# = 2 ] || die "the image to make and the number of shards are wanted"
[[ $2 =~ ^[1-9][0-9]*$ ]] || die "a number of shards is wanted, not '$2'"
image=$1
shards=()
for ((i = 1; i <= $2; i++)); do shards+=("${image%.h5}.shard${i}of$2.h5"); done

"$PSTM" merge "$image" "${shards[@]}"
"$PSTM" status --verify "$image"
echo "the shards can be removed: ${image%.h5}.shard*of$2.h5*"
