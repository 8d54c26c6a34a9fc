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
here=${PSTM_JOBSCRIPTS:-$(dirname "$(scontrol show job "$SLURM_JOB_ID" | sed -n 's/^ *Command=\([^ ]*\).*/\1/p' | head -n 1)")}
source "$here/common.sh"
[ $# -ge 3 ] || die "a job file, a cube and a number of tiles are wanted"
job=$1 image=$2 k=$3
shift 3
again=${image%.h5}.validate-$SLURM_JOB_ID.h5

# The job's number is the seed: the same tiles after a requeue.
tiles=$("$PSTM" status --tiles "$image" | shuf -n "$k" --random-source=<(yes "$SLURM_JOB_ID") | sort -n | paste -sd,)
[ -n "$tiles" ] || die "$image has no tile that is done"
echo "migrating tiles $tiles again"
resumable "${launch[@]}" "$PSTM" run "$job" "${options[@]}" "$@" \
  --set "target.tiles=[$tiles]" --set "output.file=$again"
for dataset in $("$PSTM" status "$again" | sed -n 's/^datasets: *\([a-z_ ]*\).*/\1/p'); do
  case $dataset in
    stack | gather) "$PSTM" compare "$again" "$image" --dataset "$dataset" --require bit-equal ;;
  esac
done
rm -f "$again"*
echo "validated: tiles $tiles of $image have the same bits"
