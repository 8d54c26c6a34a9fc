#!/usr/bin/env bash
# All ranks read the same samples for the whole run: ranks whose input files differ under one path are refused, copies are
# taken, and files that change while they are read end the run. usage: inputs.sh PSTM SCRATCH
source "$(dirname "$0")/../cli/lib.sh"

check "make a survey" "$pstm" synth --preset diffractor --traces 500 --inline 20,25 --crossline 20,25 --time 60,0.004 \
  --out "$scratch/survey"
good=$scratch/survey/survey.sgy
mkdir "$scratch"/folder{0,1,2}
place() { rm -f "$scratch/folder$1/survey.sgy" && cp -p "${2:-$good}" "$scratch/folder$1/survey.sgy"; }

# migrate NAME RANKS: each rank in its folder; into $scratch/NAME.h5
migrate() {
  ranks "$2" bash -c 'cd "$1/folder$OMPI_COMM_WORLD_RANK" && shift && exec "$@"' - "$scratch" \
    "$pstm" run "$scratch/survey/job.yaml" --set input.segy=survey.sgy --set threads=1 --set output.file="$scratch/$1.h5"
}
has_nothing() { ! ls "$scratch/$1.h5"*; }
says() { # WORDS COMMAND...: it succeeds, and its output has the words
  local words=$1
  shift
  "$@" >"$scratch/said.txt" 2>&1 && grep -qF -- "$words" "$scratch/said.txt" && return
  cat "$scratch/said.txt"
  return 1
}
says_not() { ! says "$@"; }

# ---- of all ranks -------------------------------------------------------------------------------------------
for i in 0 1 2; do ln -s "$good" "$scratch/folder$i/survey.sgy"; done
check "one rank" migrate one 1
check "one file by three paths" says_not "copies" migrate links 3
for i in 0 1 2; do place $i; done
check "a copy for each of three ranks" says "ranks read copies of it" migrate copies 3
check "the same image" "$pstm" compare "$scratch/one.h5" "$scratch/copies.h5" --require bit-equal
# spoil FILE: the last sample of the last trace
spoil() {
  python3 - "$1" <<'PY'
import os, sys
with open(sys.argv[1], "r+b") as file:
    file.seek(-4, 2)
    file.write(b"\x3f\x80\0\0")
PY
}
cp -p "$good" "$scratch/other.sgy"
spoil "$scratch/other.sgy"
touch -r "$good" "$scratch/other.sgy"
place 2 "$scratch/other.sgy"
refuse 2 "put the file where all ranks read the same one" "the last of three ranks has one other sample" migrate other 3
cp "$scratch/out.txt" "$scratch/refused.txt"
check "rank, file and digests are told" grep -qE "rank 2: survey.sgy: .* digests [0-9a-f]{16} and [0-9a-f]{16}" \
  "$scratch/refused.txt"
check "nothing is left of the run" has_nothing other
trace_bytes=$((($(stat -c %s "$good") - 3600) / 500))
head -c -$trace_bytes "$good" >"$scratch/short.sgy"
place 1 "$scratch/short.sgy"
refuse 2 "bytes); put the file where" "another rank has a shorter file" migrate other 3

# ---- of the whole run ---------------------------------------------------------------------------------------
check "make a larger survey" "$pstm" synth --preset diffractor --traces 12000 --record 1500,0.004 --inline 20,25 \
  --crossline 20,25 --time 60,0.004 --out "$scratch/large"
large=$scratch/large/survey.sgy
job=$scratch/large/job.yaml

# Stops the run where it says WORDS, has COMMAND change the input, and lets it go on.
changed() { # WORDS COMMAND...
  local words=$1 said=$scratch/says.txt pid status
  shift
  : >"$said"
  "$pstm" run "$job" --set output.file="$scratch/changed.h5" --set condition.agc=0.2 --set threads=1 2>"$said" &
  pid=$!
  until grep -qF -- "$words" "$said"; do kill -0 $pid 2>/dev/null || break; done
  kill -STOP $pid 2>/dev/null
  "$@"
  kill -CONT $pid 2>/dev/null
  wait $pid
  status=$?
  cat "$said"
  return $status
}
rewrite() { dd if="$large" of="$large" bs=1 skip=3840 seek=3840 count=4 conv=notrunc status=none; }
rewrite_under_old_time() {
  touch -r "$large" "$scratch/stamp" && rewrite && touch -r "$scratch/stamp" "$large"
}
append() { printf x >>"$large"; }
replace() { cp "$large" "$large.new" && mv "$large.new" "$large"; }
cut_off() { truncate -s -1 "$large"; }
cp -p "$large" "$scratch/large.sgy"
for how in rewrite rewrite_under_old_time append cut_off replace; do
  cp -p "$scratch/large.sgy" "$large"
  refuse 2 "has changed while it was read" "changed while traces are conditioned: $how" changed "conditioning" $how
done
cp -p "$scratch/large.sgy" "$large"
nothing_changed() { changed conditioning true; }
check "a stop alone changes nothing" nothing_changed
finish
