#!/usr/bin/env bash
# `pstm status --verify` finds a flipped byte wherever it is in a cube (flips.py). usage: flips.sh PSTM SCRATCH FLIPS [SEED]
here=$(dirname "$0")
/usr/bin/python3 -c 'import h5py' 2>/dev/null || { echo "python3-h5py is missing: skipped"; exit 77; }
source "$here/lib.sh"

check "make a survey" "$pstm" synth --preset diffractor --traces 1500 --noise 0.1 \
  --inline 52,25 --crossline 45,25 --time 60,0.004 --out "$scratch/survey"
check "a cube with all datasets" "$pstm" run "$scratch/survey/job.yaml" --quiet --set output.file="$scratch/cube.h5" \
  --set offsets.first=150 --set offsets.step=300 --set offsets.n=2 --set output.gathers=on
check "it is as it was written" "$pstm" status --verify "$scratch/cube.h5"
export PSTM_SILENCE_S=10 # on some damage HDF5 runs for ever
check "single bytes, anywhere" /usr/bin/python3 "$here/flips.py" "$pstm" "$scratch/cube.h5" "$3" "${4:-1}"
cat "$scratch/out.txt"
# What a later run adds to the marks is no damage; a journal of before the frame is no reason to refuse.
check "the same command, with nothing to do" "$pstm" run "$scratch/survey/job.yaml" --quiet \
  --set output.file="$scratch/cube.h5" --set offsets.first=150 --set offsets.step=300 --set offsets.n=2 \
  --set output.gathers=on
one_frame() { [ "$(grep -c '^frame' "$scratch/cube.h5.journal")" = 1 ] && "$pstm" status --verify "$scratch/cube.h5"; }
check "leaves all as it is" one_frame
sed -i '/^frame/d' "$scratch/cube.h5.journal"
without() { "$pstm" status --verify "$scratch/cube.h5" | grep -F "cannot be verified"; }
check "without a frame the image is verified" without
finish
