#!/usr/bin/env bash
# True amplitudes: areas, live classes and bands of offset have the same bits over ranks, tiles, targets, a grid that is a
# part of the grid, and a second run; the cube says what its values are.
# usage: amplitude.sh PSTM SCRATCH
source "$(dirname "$0")/../cli/lib.sh"

check "make a survey" "$pstm" synth --preset amplitude --traces 4000 --offsets 0,500 --area 1000,900 --dead 0.05 \
  --origin 606000,6077000 --inline 40,25 --crossline 36,25 --time 120,0.008 --out "$scratch/survey"
classes=(--set offsets.first=50 --set offsets.step=100 --set offsets.n=5 --set output.gathers=on)
all=(--set offsets.first=0 --set offsets.step=off --set offsets.n=off --set output.gathers=on)

# migrate NAME RANKS OPTION...: into $scratch/NAME.h5
migrate() {
  local name=$1 n=$2
  shift 2
  ranks "$n" "$pstm" run "$scratch/survey/job.yaml" --set devices=cpu --set output.file="$scratch/$name.h5" "$@" \
    >"$scratch/$name.txt" 2>&1
}
same() { "$pstm" compare --dataset "$3" "$scratch/$1.h5" "$scratch/$2.h5" --require bit-equal; }
says() { grep -a "$2" "$scratch/$1.h5"; }

for kind in classes all; do
  declare -n options=$kind
  check "$kind: one rank" migrate "$kind" 1 "${options[@]}"
  for n in 2 4; do
    check "$kind: $n ranks, other tiles" migrate many "$n" "${options[@]}" --set tile.inline=32 --set tile.crossline=48
    check "$kind: gathers bit-equal" same "$kind" many gather
    check "$kind: stacks bit-equal" same "$kind" many stack
    rm -f "$scratch/many.h5"*
  done
  check "$kind: the cube says that it is reflectivity" says "$kind" "reflectivity times wavelet, of input"
done
check "all: traces are imaged in bands" grep -E "in ([2-9]|[1-3][0-9]) band\(s\) of offset" "$scratch/all.txt"

# The grid from its 17th inline and crossline on.
part=(--set "grid.origin=[606400, 6077400]" --set grid.inline.n=24 --set grid.inline.first=17 --set grid.crossline.n=20
  --set grid.crossline.first=17)
equal_part() {
  /usr/bin/python3 - "$scratch/classes.h5" "$scratch/part.h5" <<'PY'
import sys, h5py
whole, part = (h5py.File(name)["gather"][:] for name in sys.argv[1:])
assert abs(part).max() > 0 and (whole[16:, 16:] == part).all()
PY
}
if /usr/bin/python3 -c 'import h5py' 2>/dev/null; then
  check "a part of the grid" migrate part 1 "${classes[@]}" "${part[@]}"
  check "it has the bits of the whole" equal_part
fi
check "areas off" migrate off 1 "${classes[@]}" --set migrate.areas=off
check "the cube says that it is relative" says off "relative: reflectivity"
refuse 2 "" "and it is another image" same classes off gather
check "kinematic" migrate none 1 "${classes[@]}" --set migrate.weight=none
check "the cube says that it is kinematic" says none "kinematic: weighted sums"
finish
