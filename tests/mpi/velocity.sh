#!/usr/bin/env bash
# Every rank reads the velocities for itself, so that ranks whose files differ under one path are refused before a trace
# is read, and ranks whose files only look different are not. usage: velocity.sh PSTM SCRATCH
source "$(dirname "$0")/../cli/lib.sh"

check "make a survey" "$pstm" synth --preset diffractor --traces 500 --inline 20,25 --crossline 20,25 --time 60,0.004 \
  --out "$scratch/survey"
mkdir "$scratch"/folder{0,1,2}

# write RANK TEXT: the velocities that a rank finds as vrms.txt in its own folder
write() { printf "$2" >"$scratch/folder$1/vrms.txt"; }

# migrate NAME RANKS: each rank in its folder; into $scratch/NAME.h5
migrate() {
  ranks "$2" bash -c 'cd "$1/folder$OMPI_COMM_WORLD_RANK" && shift && exec "$@"' - "$scratch" \
    "$pstm" run "$scratch/survey/job.yaml" --quiet --set velocity.file=vrms.txt --set output.file="$scratch/$1.h5"
}
has_nothing() { ! ls "$scratch/$1.h5"*; }

write 0 '0 1500\n0.2 2000\n'
write 1 '0 1500\n0.2 2000\n'
write 2 '# the same\n\n0.0 1.5e3 # m/s\n0.20 2000.0'
check "one rank" migrate one 1
check "three ranks with the same velocities in other words" migrate three 3
check "the same image" "$pstm" compare "$scratch/one.h5" "$scratch/three.h5" --require bit-equal

# What columns are is told once, and in the cube and the profile; of a constant there is nothing to tell.
tells() {
  ranks 1 "$pstm" run "$scratch/survey/job.yaml" "${@:2}" --set output.file="$scratch/$1.h5" >"$scratch/$1.log" 2>&1
}
columns="splines that depart from what the model says by [0-9.e-]* % rms and 0[.]1[0-9]* % at most (inline [0-9]*, crossline"
printf '0 1500\n0.1 1500\n0.2 2000\n' >"$scratch/kinked.txt"
check "a kinked velocity" tells kinked --set velocity.file="$scratch/kinked.txt"
check "the log says how columns depart" test "$(grep -c "velocity columns: $columns" "$scratch/kinked.log")" = 1
check "so does the profile" grep -q "\"velocity_columns\": \"$columns" "$scratch/kinked.h5.profile.json"
if command -v h5dump >/dev/null; then
  h5dump -a velocity_columns "$scratch/kinked.h5" >"$scratch/attribute.txt"
  check "so does the cube" grep -q "$columns" "$scratch/attribute.txt"
fi
check "a constant" tells constant --set velocity.file=off --set velocity.constant=2000
check "nothing is told of it" test "$(grep -c "velocity columns" "$scratch/constant.log")" = 0

write 2 '0 1500\n0.2 2000.5\n'
refuse 2 "put the file where all ranks read the same one" "the last of three ranks has other velocities" migrate other 3
cp "$scratch/out.txt" "$scratch/refused.txt"
check "both digests are told" grep -qE "rank 2: .*vrms.txt: .* rank 0 \(digests [0-9a-f]{32} and [0-9a-f]{32}\)" \
  "$scratch/refused.txt"
check "nothing is left of the run" has_nothing other
write 1 '0 1500\n0.2 2000 7\n'
refuse 2 "rank 1: vrms.txt:2: 3 numbers on the line" "a rank has no velocity text" migrate other 3
rm "$scratch/folder1/vrms.txt"
refuse 1 "rank 1: cannot open vrms.txt" "a rank has no file" migrate other 3

# A list of factors: from one store a cube each, that of its own run, which a scan goes on with too.
scan=(--set velocity.file=off --set velocity.constant=2000 --set output.file="$scratch/scan.h5")
run() {
  local start=()
  [ "$1" = 1 ] || start=(ranks "$1")
  "${start[@]}" "$pstm" run "$scratch/survey/job.yaml" --quiet "${scan[@]}" "${@:2}"
}
check "0.95 by itself" run 1 --set velocity.scale=0.95 --set output.file="$scratch/scan.v0950.h5"
cp "$scratch/scan.v0950.h5" "$scratch/before.h5"
check "0.9, 0.95 and 1.1 in one run" run 2 --set "velocity.scale=[1.1, 0.9, 0.95]"
check "the one that was there is as it was" cmp "$scratch/scan.v0950.h5" "$scratch/before.h5"
for factor in 0.9 1.1; do
  cube=scan.v$(printf '%04.0f' "$(echo "$factor * 1000" | bc)").h5
  check "$factor by itself" run 1 --set velocity.scale="$factor" --set output.file="$scratch/own.h5" --overwrite
  check "$cube is bit-equal to it" "$pstm" compare "$scratch/$cube" "$scratch/own.h5" --require bit-equal
  refuse 0 "nothing to do" "its own run finds nothing to do" "$pstm" run "$scratch/survey/job.yaml" "${scan[@]}" \
    --set velocity.scale="$factor" --set output.file="$scratch/$cube"
done
check "and they differ" test "$(cmp -s "$scratch/scan.v0900.h5" "$scratch/scan.v1100.h5"; echo $?)" = 1
check "none has the name without a factor" test ! -e "$scratch/scan.h5"
refuse 1 "choose one: --set velocity.scale=0.9" "a plan is of one image" "$pstm" plan "$scratch/survey/job.yaml" \
  --set "velocity.scale=[0.9, 1]"
refuse 1 "whole thousandths" "factors that name no cube" run 1 --set "velocity.scale=[0.9, 0.9005]"
refuse 1 "differ" "a factor twice" run 1 --set "velocity.scale=[0.9, 0.9]"
refuse 1 "velocity.constant" "a factor that makes no velocity" run 1 --set "velocity.scale=[1, 0.01]"
finish
