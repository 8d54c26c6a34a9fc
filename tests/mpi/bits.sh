#!/usr/bin/env bash
# The image is a pure function of traces and job: bit-equal over ranks, tile sizes, tile order, memory
# budgets, time windows, subsets, offset classes alone or beside others, and a restart after a kill.
# usage: bits.sh PSTM SCRATCH [DEVICE]
source "$(dirname "$0")/../cli/lib.sh"
device=${3:-cpu}

check "make a survey" "$pstm" synth --preset diffractor --traces 2500 --noise 0.1 --dead 0.02 \
  --inline 52,25 --crossline 45,25 --time 200,0.004 --out "$scratch/survey"
job=$scratch/survey/job.yaml
# Velocities that change from place to place and bend along time: columns come from nodes round a tile.
for x in -100 400 900 1400; do
  for y in -100 300 700 1200; do
    echo "$x $y 0 $((1900 + (x * 7 + y * 13 + 3000) % 11 * 9))"
    echo "$x $y 0.33 $((1950 + (x * 3 + y * 5 + 3000) % 13 * 7))"
    echo "$x $y 0.8 $((2150 + (x * 5 + y * 11 + 3000) % 7 * 12))"
  done
done >"$scratch/velocity.txt"
classes=(--set offsets.first=150 --set offsets.step=200 --set offsets.n=3 --set output.gathers=on)

# migrate NAME RANKS OPTION...: into $scratch/NAME.h5
migrate() {
  local name=$1 n=$2
  shift 2
  ranks "$n" "$pstm" run "$job" --quiet --set devices="$device" --set output.file="$scratch/$name.h5" \
    --set velocity.file="$scratch/velocity.txt" "${classes[@]}" "$@"
}

# equal NAME BASE COLUMNS: bit-equal in so many chunk columns of the cube's 12.
equal() {
  "$pstm" compare "$scratch/$1.h5" "$scratch/$2.h5" --require bit-equal | tee "$scratch/equal.txt" &&
    grep -q "$3 of 12 chunk columns" "$scratch/equal.txt"
}

# same WORDS NAME RANKS OPTION...: must be bit-equal to the base image in $columns chunk columns.
columns=12
same() {
  local words=$1 name=$2
  shift 2
  check "migrate: $words" migrate "$name" "$@"
  check "$words: bit-equal in $columns of 12 columns" equal "$name" base $columns
  check "$words: gathers bit-equal" "$pstm" compare --dataset gather "$scratch/$name.h5" "$scratch/base.h5" \
    --require bit-equal
  rm -f "$scratch/$name.h5"*
}

check "one rank" migrate base 1
same "2 ranks" ranks2 2
same "4 ranks" ranks4 4
same "tiles of 32 x 16" tiles32 2 --set tile.inline=32
same "tiles of 48 x 64" tiles48 1 --set tile.inline=48 --set tile.crossline=64
PSTM_SHUFFLE_TILES=7 same "shuffled tiles" shuffled 2

# The least budget that is not refused, so that the leaf cache must drop leaves.
check "migrate: the smallest memory budget" with_least_memory migrate small 2
check "the smallest memory budget: bit-equal" equal small base 12
same "a large memory budget" large 2 --set memory="2 GiB"
same "2 threads" threads 1 --set threads=2
columns=3 same "a subset of tiles" subset 2 --set target.tiles=[1,5-6]
columns=1 same "a box of lines" box 1 --set target.inlines=[20,30] --set target.crosslines=[3,9]

check "migrate: a time window" migrate window 2 --set target.time=[0.21,0.53]
check "a time window: bit-equal" "$pstm" compare "$scratch/window.h5" "$scratch/base.h5" --require bit-equal

one_class() {
  local classes=(--set offsets.first=350 --set offsets.step=200 --set offsets.n=1 --set output.gathers=on)
  migrate alone 1
}
check "migrate: one offset class alone" one_class
check "one offset class alone: bit-equal to its place beside others" \
  "$pstm" compare --dataset gather "$scratch/alone.h5" "$scratch/base.h5" --offset 350 --require bit-equal

# Killed after some tiles are in the journal (on the slow device, so that there is time), then the same command.
killed_and_resumed() {
  rm -f "$scratch"/killed.h5*
  migrate killed 2 --set tile.inline=16 --set devices=reference --set threads=1 &
  local launcher=$! i
  for i in $(seq $((600 * patience))); do
    if [ "$(cat "$scratch/killed.h5.journal" 2>/dev/null | grep -c '^chunk')" -ge 2 ]; then break; fi
    kill -0 $launcher 2>/dev/null || { echo "over before it could be killed"; return 1; }
    sleep 0.05
  done
  pkill -9 -f "output.file=$scratch/killed.h5"
  wait $launcher 2>/dev/null
  sleep 0.5
  local before
  before=$(grep -c '^chunk' "$scratch/killed.h5.journal")
  echo "killed with $before of 12 chunk columns in the journal"
  [ "$before" -ge 2 ] && [ "$before" -lt 12 ] || return 1
  migrate killed 2 --set devices=reference --set threads=1 || return 1
  [ "$(grep -c '^chunk' "$scratch/killed.h5.journal")" = 12 ]
}
check "reference, one go" migrate whole 1 --set devices=reference
if [ "$device" = cpu ]; then # on the reference, so once is enough
  check "killed in the middle, then resumed: no tile lost or done twice" killed_and_resumed
  check "killed and resumed: bit-equal" "$pstm" compare "$scratch/killed.h5" "$scratch/whole.h5" --require bit-equal
fi
if [ "$device" != reference ]; then
  check "$device against reference under 1e-4 NRMS" "$pstm" compare "$scratch/base.h5" "$scratch/whole.h5" \
    --max-nrms 1e-4
fi
finish
