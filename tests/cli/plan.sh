#!/usr/bin/env bash
# pstm plan: what it says of a job, and that it refuses what cannot be.
# usage: plan.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"

check "make a survey" "$pstm" synth --preset diffractor --traces 800 --inline 64,25 --crossline 48,25 \
  --time 120,0.004 --out "$scratch/survey"
job=$scratch/survey/job.yaml
plan() { "$pstm" plan "$job" "$@"; }

# says FRAGMENT OPTION...: the fragment is in what it prints.
says() {
  local fragment=$1
  shift
  plan "$@" >"$scratch/said.txt" 2>&1 && grep -qE -- "$fragment" "$scratch/said.txt" && return
  cat "$scratch/said.txt"
  return 1
}

check "tiles of the job" says "12 of 16 x 16 locations" --ranks 1
check "time and room come first" says "^here: +about .* to migrate on 1 rank; cube .* GiB that are free"
no_more_ranks() { plan >"$scratch/said.txt" && tail -n 1 "$scratch/said.txt" | grep -qE '^ +16 ' && ! grep -qE '^ +32 ' "$scratch/said.txt"; }
check "12 tiles are for 16 ranks at most" no_more_ranks
most_of_all() { awk '$1 ~ /^[0-9]+$/ && $6 > 1 { bad = 1 } END { exit bad }' "$scratch/said.txt"; }
check "of which none is more than efficient" most_of_all
check "tiles of a subset" says "3 of 16 x 16 locations" --ranks 1 --set target.tiles=[0,4-5]
check "a larger survey has more tiles" says "48 of 16 x 16 locations" --ranks 1 --area-scale 4
check "more ranks than tiles are bound by a tile" says "64 .*the costliest tile" --ranks 64 --rate 1e6
check "a slow disk binds" says "the costliest tile|writing the image" --ranks 8 --write-rate 1e5
check "a picture" plan --ranks 1,8,64 --png "$scratch/efficiency.png"
check "it is a PNG" grep -q PNG "$scratch/efficiency.png"
check "nothing else is written" test "$(ls "$scratch/survey" | grep -c '\.h5')" = 0
check "a run, for its rate" "$pstm" run "$job" --quiet --set output.file="$scratch/image.h5"
check "the rate of a profile" says "contributions/s a rank" --ranks 2 --profile "$scratch/image.h5.profile.json"

# Several ranks share the headers and say the same.
same_plan() {
  plan --ranks 2 --rate 1e9 --set memory='1 GiB' >"$scratch/one.txt" &&
    ranks 3 "$pstm" plan "$job" --ranks 2 --rate 1e9 --set memory='1 GiB' >"$scratch/three.txt" &&
    cmp <(tail -n +2 "$scratch/one.txt") <(tail -n +2 "$scratch/three.txt")
}
check "three ranks plan as one does" same_plan
check "memory for headers" says "headers and the tree, on 4 ranks" --ranks 1,4

# The reference survey at a billion traces: 180 times the area, 180 times the traces over each tile.
check "make seed31k" "$pstm" synth --preset seed31k --out "$scratch/seed31k"
billion() {
  local efficiency
  "$pstm" plan "$scratch/seed31k/job.yaml" --rate 2.5e9 --area-scale 180 --traces-scale 180 --ranks 4096 --spread 0.05 \
    >"$scratch/said.txt" || return 1
  cat "$scratch/said.txt"
  efficiency=$(tail -n 1 "$scratch/said.txt" | awk '$1 == 4096 { print $6 }')
  grep -q '1.00479e+09 usable' "$scratch/said.txt" &&
    grep -q ' 69[0-9]\.[0-9] MiB for its partition of the headers and the tree, on 4096 ranks' "$scratch/said.txt" && awk -v e="$efficiency" 'BEGIN { exit !(e >= 0.95 && e <= 1) }'
}
check "a billion traces on 4,096 ranks: 0.95 of the ideal" billion
rm -rf "$scratch/seed31k"

refuse 1 "rising counts" "ranks that fall" plan --ranks 4,2
refuse 1 "--rate wants a number above 0" "a rate of nothing" plan --rate 0
refuse 1 "leave one out" "two rates" plan --rate 1 --profile x.json
refuse 2 "x.json" "a profile that is not there" plan --profile "$scratch/x.json"
refuse 1 "tiles, at most" "too many tiles" plan --area-scale 1e9
refuse 1 "there is no option" "an unknown option" plan --what
finish
