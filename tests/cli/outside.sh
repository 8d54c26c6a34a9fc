#!/usr/bin/env bash
# No file is written outside the output folder: the commands run where all the rest is mounted read-only, and the folder
# for temporary files (Open MPI's own go there) is empty behind them. usage: outside.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
unshare -m true 2>/dev/null || { echo "skipped: this user cannot have mounts of its own"; exit 77; }
mkdir -p "$scratch/out" "$scratch/tmp" "$scratch/elsewhere"

check "make a survey" "$pstm" synth --preset diffractor --traces 500 --noise 0.1 \
  --inline 40,25 --crossline 33,25 --time 150,0.004 --out "$scratch/survey"
before=$(find "$scratch/survey" -type f | sort | xargs sha256sum)

# shut_in COMMAND...: with out/ and tmp/ alone to write to, from a working folder that is neither
shut_in() {
  TMPDIR=$scratch/tmp unshare -m bash -c 'set -e
    mount --make-rprivate /
    for folder in out tmp; do mount --bind "$0/$folder" "$0/$folder"; done
    mount -o remount,bind,ro /
    cd "$0/elsewhere"
    ! touch file 2>/dev/null
    exec "$@"' "$scratch" "$@"
}
shut_in true 2>"$scratch/out.txt" || { echo "skipped: $(cat "$scratch/out.txt")"; exit 77; }
job=(--quiet --set devices=cpu --set threads=1 --set offsets.first=150 --set offsets.step=300 --set offsets.n=2)

check "pstm run, two ranks" shut_in mpirun -n 2 --oversubscribe --bind-to none "$pstm" run "$scratch/survey/job.yaml" \
  "${job[@]}" --set output.file="$scratch/out/image.h5" --set output.timeline=on --set output.keep_store=on
for i in 1 2; do
  check "pstm run, shard $i" shut_in "$pstm" run "$scratch/survey/job.yaml" "${job[@]}" --shard $i/2 \
    --set output.file="$scratch/out/part$i.h5"
done
check "pstm merge" shut_in "$pstm" merge "$scratch/out/merged.h5" "$scratch/out/part1.h5" "$scratch/out/part2.h5"
check "pstm status" shut_in "$pstm" status --verify "$scratch/out/merged.h5"
check "pstm compare" shut_in "$pstm" compare "$scratch/out/merged.h5" "$scratch/out/image.h5" --require bit-equal
check "pstm view" shut_in "$pstm" view "$scratch/out/image.h5"
check "pstm plan" shut_in "$pstm" plan "$scratch/survey/job.yaml" --ranks 2
check "pstm synth" shut_in "$pstm" synth --preset diffractor --traces 50 --inline 16,25 --crossline 16,25 \
  --time 50,0.004 --out "$scratch/out/survey"
doctor() { shut_in "$pstm" doctor "$scratch/out" --mib 2 || [ $? = 3 ]; }
check "pstm doctor" doctor
refuse 3 "Read-only file system" "a cube outside" shut_in "$pstm" run "$scratch/survey/job.yaml" "${job[@]}" \
  --set output.file="$scratch/elsewhere/image.h5"

unchanged() { [ "$before" = "$(find "$scratch/survey" -type f | sort | xargs sha256sum)" ]; }
check "the survey is as it was, with nothing beside it" unchanged
nothing_in() { find "$1" -mindepth 1 | grep . && return 1 || return 0; }
check "no temporary file is left" nothing_in "$scratch/tmp"
check "nothing is left in the working folder" nothing_in "$scratch/elsewhere"
drafts() { find "$scratch/out" -name '*.making' -o -name '.pstm*' -o -regex '.*\.traces\.h5\..*' | grep . && return 1 || return 0; }
check "no draft is left" drafts
# The traces are the input's owner's business: what holds them is private.
private() { [ "$(stat -c %a "$scratch/out/image.h5.traces.h5")" = 600 ]; }
check "the trace store is for its owner alone" private
finish
