#!/usr/bin/env bash
# `pstm check`: what a run would do and doubt, with the run's exit codes, and without a file written.
# usage: check.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
says() { grep -qE -- "$1" "$scratch/check.txt" || { echo "not said: $1"; cat "$scratch/check.txt"; return 1; }; }
look() { "$pstm" check "$@" >"$scratch/check.txt" 2>&1; }

check "make a survey" "$pstm" synth --preset diffractor --traces 900 --inline 17,25 --crossline 20,25 --time 40,0.004 \
  --out "$scratch/survey"
job=$scratch/survey/job.yaml
files() { find "$scratch/survey" -type f -printf '%p %s %T@\n' | sort; }
before=$(files)
check "a good job" look "$job"
check "is told its time and disk first" says "^here: +about .* to migrate on 1 rank; cube"
check "its grid" says "image: +17 inlines x 20 crosslines x 1 class, 0 to 0.156 s"
check "its fold" says "fold: +900 traces in bins of the grid|fold: .* traces in bins of the grid, .* beside it"
check "its rate" says "contributions, at .* a second measured now"
check "and that nothing is doubted" says "doubts: +none"
check "nor written" test "$before" = "$(files)"
check "a map of fold" "$pstm" check "$job" --png "$scratch/fold.png"
check "is there" test -s "$scratch/fold.png"
refuse 1 "is the job file" "the job is no picture" "$pstm" check "$job" --png "$job" --overwrite
check "two ranks" ranks 2 "$pstm" check "$job"
check "a list of scales" look "$job" --set "velocity.scale=[0.9, 1]"
check "is two checks" says "image.v0900.h5, which is not there yet"

# As a run would end, with its code and words.
same_end() {
  "$pstm" run "$job" --quiet "$@" >"$scratch/run.txt" 2>&1
  local wanted=$?
  "$pstm" check "$job" "$@" >"$scratch/check.txt" 2>&1
  local got=$?
  [ $wanted != 0 ] && [ $got = $wanted ] && tail -n 1 "$scratch/run.txt" | sed 's/^pstm run: //' >"$scratch/words.txt" &&
    grep -qFf "$scratch/words.txt" "$scratch/check.txt" || { cat "$scratch/run.txt" "$scratch/check.txt"; return 1; }
}
check "a grid far from the survey ends both alike" same_end --set "grid.origin=[9000000, 0]"
check "so does a velocity file that is not there" same_end --set velocity.file=nothing.txt
check "so does an output folder that is not there" same_end --set output.file=/nowhere/at/all/image.h5
check "a warning" look "$job" --set "grid.time.n=2000"
check "is a doubt" says "doubts: +[1-9]"
refuse 2 "--strict" "which --strict does not let pass" "$pstm" check "$job" --set grid.time.n=2000 --strict
check "but what is accepted" "$pstm" check "$job" --set grid.time.n=2000 --strict --set "accept=[record_window]"

# The cube that is there.
check "a part of the image" "$pstm" run "$job" --quiet --set target.tiles=[0]
check "check again" look "$job"
check "a run would go on" says "is of this image, .* % done"
refuse 1 "of another image" "a cube of another image" "$pstm" check "$job" --set migrate.weight=none
finish
