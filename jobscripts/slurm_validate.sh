#!/usr/bin/env bash
#SBATCH --job-name=pstm-validate
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=2
#SBATCH --cpus-per-task=8
#SBATCH --time=02:00:00
#SBATCH --signal=B:USR1@300
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%j.out
# Validates a finished cube: migrates K of its tiles again, chosen at random, and compares them bit by bit.
#   sbatch [SLURM OPTIONS] slurm_validate.sh JOB.yaml IMAGE.h5 K [pstm run OPTIONS]
# Give the options that the image was made with. The nodes must be of the kind that made it: other
# instruction sets have other bits (`pstm status` names them as numerics).
set -euo pipefail
# Slurm runs a copy of this script; PSTM_JOBSCRIPTS, or the job's command, says where the original is.
here=${PSTM_JOBSCRIPTS:-$(scontrol show job "${SLURM_JOB_ID:?submit this with sbatch}" | sed -n 's/^ *Command=\([^ ]*\)\/.*/\1/p' || true)}
here=${here%%$'\n'*}
[ -f "$here/common.sh" ] || { echo "no common.sh in '$here'; submit with PSTM_JOBSCRIPTS=/folder/of/the/job/scripts" >&2; exit 1; }
source "$here/common.sh"
[ $# -ge 3 ] || die "a job file, a cube and a number of tiles are wanted"
job=$1 image=$2 k=$3
[[ $k =~ ^[1-9][0-9]*$ ]] || die "a number of tiles is wanted, not '$k'"
shift 3
again=${image%.h5}.validate-$SLURM_JOB_ID.h5

# The job's number is the seed: the same tiles after a requeue.
tiles=$("$PSTM" status --tiles "$image" | shuf -n "$k" --random-source=<(yes "$SLURM_JOB_ID") | sort -n | paste -sd,)
[ -n "$tiles" ] || die "$image has no tile that is done"
echo "migrating tiles $tiles again"
resumable "${launch[@]}" "$PSTM" run "$job" "${options[@]}" "$@" \
  --set "target.tiles=[$tiles]" --set "output.file=$again"
datasets=$("$PSTM" status "$again" | sed -n 's/^datasets: *\([a-z_ ]*\).*/\1/p')
compared=0
for dataset in $datasets; do
  case $dataset in
    stack | gather)
      "$PSTM" compare "$again" "$image" --dataset "$dataset" --require bit-equal
      compared=$((compared + 1))
      ;;
  esac
done
[ $compared -gt 0 ] || die "nothing was compared: $again has neither stack nor gather"
rm -f "$again"*
echo "validated: tiles $tiles of $image have the same bits"
