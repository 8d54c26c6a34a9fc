#!/usr/bin/env bash
# Lines alone (target.lines): only their locations are migrated, with the bits of the whole image, over ranks, tiles, shards,
# kills and runs that add to each other; and status, compare, merge, verify, export and view know which are there.
# usage: lines.sh PSTM SCRATCH
source "$(dirname "$0")/../cli/lib.sh"

# 52 x 45 nodes, 12 chunk columns; the last of each axis is not whole.
check "make a survey" "$pstm" synth --preset diffractor --traces 2500 --noise 0.1 --dead 0.02 \
  --inline 52,25 --crossline 45,25 --time 100,0.008 --out "$scratch/survey"
job=$scratch/survey/job.yaml
for x in -100 400 900 1400; do
  for y in -100 300 700 1200; do
    echo "$x $y 0 $((1900 + (x * 7 + y * 13 + 3000) % 11 * 9))"
    echo "$x $y 0.8 $((2150 + (x * 5 + y * 11 + 3000) % 7 * 12))"
  done
done >"$scratch/velocity.txt"
classes=(--set offsets.first=150 --set offsets.step=200 --set offsets.n=3 --set output.gathers=on)

# migrate NAME RANKS OPTION...: into $scratch/NAME.h5
migrate() {
  local name=$1 n=$2
  shift 2
  ranks "$n" "$pstm" run "$job" --quiet --set output.file="$scratch/$name.h5" \
    --set velocity.file="$scratch/velocity.txt" "${classes[@]}" "$@"
}
# holds NAME WHOLE LOCATIONS COLUMNS: what status says of the cube, and that it is as it was written.
holds() {
  "$pstm" status --verify "$scratch/$1.h5" | tee "$scratch/status.txt"
  grep -q "^migrated: *$2 of 12 chunk columns" "$scratch/status.txt" || return 1
  if [ "$4" = 0 ]; then
    ! grep -q "^in part" "$scratch/status.txt"
  else
    grep -q "^in part: *$3 locations of $4 other chunk columns" "$scratch/status.txt" &&
      grep -q "and of $3 locations of $4 more" "$scratch/status.txt"
  fi
}
# equal NAME COLUMNS LOCATIONS: stack and gathers bit-equal to the whole image in so many columns, and locations of parts.
equal() {
  local dataset
  for dataset in stack gather; do
    "$pstm" compare --dataset $dataset "$scratch/$1.h5" "$scratch/base.h5" --require bit-equal | tee "$scratch/equal.txt"
    [ "${PIPESTATUS[0]}" = 0 ] && grep -q "$2 of 12 chunk columns" "$scratch/equal.txt" || return 1
    [ "$3" = 0 ] || grep -q "^in part: .* $3 locations of them" "$scratch/equal.txt" || return 1
  done
}
checksum() { "$pstm" status "$scratch/$1.h5" | sed -n 's/^checksum: *//p'; }
same_checksum() { [ -n "$(checksum "$1")" ] && [ "$(checksum "$1")" = "$(checksum "$2")" ]; }
# work NAME: contributions of its run.
work() { /usr/bin/python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["counts"]["n_contributions"])' "$scratch/$1.h5.profile.json"; }
# share NAME LOCATIONS: its work is at most 1.5 times the share of its locations in the whole image's.
share() {
  local of_lines of_all
  of_lines=$(work "$1") of_all=$(work base)
  echo "$of_lines of $of_all contributions"
  [ "$of_lines" -gt 0 ] && [ $((of_lines * 52 * 45 * 2)) -le $((of_all * $2 * 3)) ]
}

check "the whole image" migrate base 1

# ---- one line, either way ---------------------------------------------------------------------------------------------
check "an inline" migrate inline 2 --set "target.lines=[inline 20]"
check "its 45 locations are there" holds inline 0 45 3
check "bit-equal" equal inline 3 45
check "its work" share inline 45
check "a crossline" migrate crossline 1 --set "target.lines=[crossline 45]" --set tile.inline=32
check "its 52 locations are there" holds crossline 0 52 4
check "bit-equal" equal crossline 4 52
check "its work" share crossline 52
check "in one line of tiles of 48 x 64" migrate large 3 --set "target.lines=[inline 20]" --set tile.inline=48 \
  --set tile.crossline=64
check "has the bits of tiles of 16" same_checksum large inline
check "the crossline on the slow device that is paranoid" migrate paranoid 2 --set "target.lines=[crossline 45]" \
  --set devices=paranoid
check "bit-equal to the whole image" "$pstm" compare "$scratch/paranoid.h5" "$scratch/base.h5" --max-nrms 1e-4

# ---- true amplitudes with antialias: areas of traces and live classes are those of the whole image --------------------------
true=(--set migrate.weight=true --set migrate.aperture.taper=0.25 --set migrate.antialias=bank)
check "the whole image of true amplitudes" migrate true 2 "${true[@]}"
check "lines of it" migrate true_lines 2 "${true[@]}" --set "target.lines=[inline 1, inline 33, crossline 40]"
check "bit-equal" "$pstm" compare "$scratch/true_lines.h5" "$scratch/true.h5" --require bit-equal
check "gathers bit-equal" "$pstm" compare --dataset gather "$scratch/true_lines.h5" "$scratch/true.h5" --require bit-equal

# ---- lines that cross, and runs that add to each other ------------------------------------------------------------------
check "an inline and a crossline" migrate both 2 --set "target.lines=[inline 20, crossline 3]"
check "where they meet the tile is whole" holds both 1 65 5
check "bit-equal" equal both 6 65
check "another line into the cube of the inline" migrate inline 2 --set "target.lines=[inline 18]"
check "both are there" holds inline 0 90 3
check "bit-equal" equal inline 3 90
check "the same again has nothing to do" migrate inline 1 --set "target.lines=[inline 18, inline 20]" --set tile.inline=32
check "two lines of a tile take what lies between" migrate between 1 --set "target.lines=[inline 18, inline 20]"
check "three lines are there" holds between 0 135 3
check "a crossline through them" migrate inline 3 --set "target.lines=[crossline 3]"
check "all are there" holds inline 0 140 6
check "bit-equal" equal inline 6 140
check "the rest" migrate inline 2
check "all is there" holds inline 12 0 0
check "bit-equal" equal inline 12 0
check "its checksum is that of one run" same_checksum inline base
check "a line of a whole image has nothing to do" migrate inline 1 --set "target.lines=[inline 30]"
check "it stays whole" holds inline 12 0 0

# ---- shards and merge -------------------------------------------------------------------------------------------------
for i in 1 2; do check "shard $i of 2 of a line" migrate part$i 1 --set "target.lines=[inline 20]" --shard $i/2; done
check "merge them" "$pstm" merge "$scratch/merged.h5" "$scratch"/part[12].h5
check "the line is there" holds merged 0 45 3
check "bit-equal" equal merged 3 45
check "merge with a crossline and another line" "$pstm" merge "$scratch/merged.h5" "$scratch"/{crossline,between}.h5
check "all are there" holds merged 0 184 6
check "bit-equal" equal merged 6 184
check "merge with the whole image" "$pstm" merge "$scratch/merged.h5" "$scratch"/{crossline,base,between}.h5
check "all is there" holds merged 12 0 0
check "its checksum is that of one run" same_checksum merged base

# ---- kills -------------------------------------------------------------------------------------------------------------
# Kills it when 6 of 10 records are there; false where a busy machine let it come to its end before.
killed_in_the_middle() {
  local i launcher
  cp "$scratch/crossline.h5" "$scratch/killed.h5"
  cp "$scratch/crossline.h5.journal" "$scratch/killed.h5.journal"
  PSTM_FAULT=tile:-1:slow migrate killed 2 --set "target.lines=[inline 20, inline 36]" --set threads=1 &
  launcher=$!
  for i in $(seq $((600 * patience))); do
    if [ "$(grep -c '^part' "$scratch/killed.h5.journal")" -ge 6 ]; then break; fi
    kill -0 $launcher 2>/dev/null || break
    sleep 0.05
  done
  pkill -9 -f "output.file=$scratch/killed.h5"
  wait $launcher 2>/dev/null
  before=$(grep -c '^part' "$scratch/killed.h5.journal")
  echo "killed with $before records"
  [ "$before" -ge 6 ] && [ "$before" -lt 10 ]
}
killed_and_resumed() {
  local attempt before=0
  for attempt in 1 2 3 4 5 6 7 8; do
    killed_in_the_middle && break
    echo "attempt $attempt came too late"
  done
  [ "$before" -ge 6 ] && [ "$before" -lt 10 ] || return 1
  "$pstm" status --verify "$scratch/killed.h5" || return 1
  migrate killed 3 --set "target.lines=[inline 20, inline 36]" --set tile.crossline=32
}
check "killed in the middle, true to its journal, then resumed" killed_and_resumed
check "three lines are there" holds killed 0 140 8
check "bit-equal" equal killed 8 140

# ---- what is not there is never shown as a zero image --------------------------------------------------------------------
refuse 2 "places wanted are not migrated" "an export of all of a cube of lines" "$pstm" export "$scratch/killed.h5" \
  "$scratch/all.sgy"
check "an export of a line" "$pstm" export "$scratch/killed.h5" "$scratch/line.sgy" --inlines 20,20
check "the same of the whole image" "$pstm" export "$scratch/base.h5" "$scratch/whole.sgy" --inlines 20,20
same_samples() { cmp <(tail -c +3601 "$scratch/line.sgy") <(tail -c +3601 "$scratch/whole.sgy"); }
check "has the same traces" same_samples
check "a picture of a line" "$pstm" view "$scratch/killed.h5" --inline 20 --out "$scratch/line.png"
check "a map of a cube of lines" "$pstm" view "$scratch/killed.h5" --time 0.4 --out "$scratch/map.png"

# flip I J: one bit of a sample of the stack.
flip() {
  /usr/bin/python3 - "$scratch/killed.h5" "$@" <<'PY'
import sys, h5py
path, i, j = sys.argv[1], *map(int, sys.argv[2:])
with h5py.File(path, "r+") as f:
    f["stack"][i, j, 50] += 1
PY
}
if /usr/bin/python3 -c 'import h5py' 2>/dev/null; then
  check "a value beside the lines changes" flip 2 2
  check "nothing that was migrated has" holds killed 0 140 8
  check "a value of a line changes" flip 19 2
  refuse 2 "chunk columns are not what was written" "it is found" "$pstm" status --verify "$scratch/killed.h5"
  refuse 2 "does not hold what was written" "and no line is added to it" migrate killed 2 --set "target.lines=[inline 18]"
  refuse 2 "is damaged" "and not merged" "$pstm" merge "$scratch/bad.h5" "$scratch/killed.h5"
  sed -i '2,$d' "$scratch/killed.h5.journal" # its run must see that nothing is known
  check "without its records all lines come again" migrate killed 2 --set "target.lines=[inline 20, inline 36]"
  check "two lines are there" holds killed 0 90 6
  check "bit-equal" equal killed 6 90
fi
finish
