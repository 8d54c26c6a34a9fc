#!/usr/bin/env bash
# pstm ladder: the rungs in order, what they change and what they save, and the files it leaves.
# usage: ladder.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"

check "make a survey" "$pstm" synth --preset diffractor --traces 1500 \
  --inline 32,25 --crossline 48,25 --time 100,0.004 --out "$scratch/survey"
job=$scratch/survey/job.yaml
out=$scratch/ladder
distance=(--set migrate.aperture.distance=400 --set migrate.aperture.angle=30)

# field RUNG NAME: a value of the table
field() {
  awk -F, -v rung="$1" -v name="$2" \
    'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) column = i } NR > 1 && $1 == rung { print $column }' \
    "$out/ladder.csv"
}
# holds EXPRESSION: arithmetic on numbers in any notation
holds() { echo "$1"; awk "BEGIN { exit !($1) }"; }
# as_before RUNG: its image is bit-equal to that of the rung before
as_before() { [ "$(field "$1" same_bits_as_before)" = 1 ]; }

check "two tiles" "$pstm" ladder "$job" --tiles 2 --out "$out" "${distance[@]}"
check "says that it extrapolates" grep -q "extrapolated, not measured" "$out/ladder.txt"
check "from 512 of 1536 locations" grep -q "512 of the job.s 1536 image locations (tiles 1,4)" "$out/ladder.txt"
check "the job's seconds in proportion to the locations" holds \
  "($(field 0 job_seconds_extrapolated)) / ($(field 0 seconds)) - 3 < 1e-6"
switches=$(cut -d, -f2 "$out/ladder.csv" | sed -n 2,9p | tr '\n' ' ')
check "the rungs in order" [ "$switches" = \
  "start time_domain time_dependent_aperture trace_prefilter spatial_index batch single precision fast_math " ]
check "the start: every trace at every location" holds "$(field 0 pairs) == 1500 * 512"
check "the start: one trace at a time" holds "$(field 0 batches) == 1500 * 2"
check "the time domain: the same image" holds "$(field 1 nrms) < 1e-6"
check "the time-dependent aperture: fewer contributions" holds "$(field 2 contributions) < $(field 1 contributions)"
check "and so a lesser fold" holds "$(field 2 fold_change) < 0"
check "the prefilter: fewer pairs" holds "$(field 3 pairs) < $(field 2 pairs)"
check "the prefilter: the same bits" as_before 3
check "the index: fewer traces examined" holds "$(field 4 examined) < $(field 3 examined)"
check "the index: the same bits" as_before 4
check "batches: fewer calls" holds "$(field 5 batches) < $(field 4 batches)"
check "batches: the same bits" as_before 5
check "single precision: under 1e-4 NRMS" holds "$(field 6 nrms_before) < 1e-4"
check "fast_math: under 1e-3 NRMS" holds "$(field 7 nrms_before) < 1e-3"
check "the whole ladder is faster than the start" holds "$(field 7 over_start) > 2"
check "JSON" grep -q '"switched_on": "fast_math"' "$out/ladder.json"
check "Markdown" grep -q '^| 7 | fast_math |' "$out/ladder.md"
for i in 0 1 2 3 4 5 6 7; do
  check "a picture of rung $i" [ -s "$out/rung_$i.png" ]
  [ "$i" = 0 ] || check "a picture of the difference of rung $i" [ -s "$out/rung_${i}_difference.png" ]
done
check "no store is left" [ -z "$(ls "$out" | grep traces.h5)" ]
# The cubes are those of `pstm run`.
check "run: everything on" "$pstm" run "$job" --quiet --set output.file="$scratch/all.h5" --set devices=cpu \
  "${distance[@]}"
check "the last rung has the bits of a run" "$pstm" compare "$out/rung_7.h5" "$scratch/all.h5" --require bit-equal

mkdir "$scratch/mine"
echo mine >"$scratch/mine/rung_0.png"
refuse 1 "files of others" "a folder with files of others" "$pstm" ladder "$job" --tiles 1 --out "$scratch/mine" "${distance[@]}"
echo mine >"$scratch/mine/ladder.txt"
refuse 1 "has not made it" "a table of somebody else" "$pstm" ladder "$job" --tiles 1 --out "$scratch/mine" "${distance[@]}"
check "what is there stays" [ "$(ls "$scratch/mine" | tr '\n' ' ')$(cat "$scratch/mine/rung_0.png")" = "ladder.txt rung_0.png mine" ]

out=$scratch/timed
check "a time budget, on a line of a few locations" "$pstm" ladder "$job" --seconds 0.05 --operations --out "$out" \
  "${distance[@]}"
check "the operations of the sum" grep -q "^  interpolation " "$out/ladder.txt"
check "in JSON too" grep -q '"weighted_sum": ' "$out/ladder.json"
check "and in the profile" grep -q '"square_roots": ' "$out/operations.h5.profile.json"
check "whose image is that of the reference" "$pstm" compare "$out/operations.h5" "$out/rung_5.h5" \
  --require bit-equal
check "a block" grep -q "(a block of " "$out/ladder.txt"

refuse 1 "migrate.aperture.distance" "without a constant aperture" \
  "$pstm" ladder "$job" --set migrate.aperture.distance=off
refuse 1 "give one" "tiles and time at once" "$pstm" ladder "$job" --tiles 1 --seconds 1
refuse 1 "from 1 on" "no tiles" "$pstm" ladder "$job" --tiles 0
refuse 1 "exactly one job file" "no job" "$pstm" ladder
refuse 1 "--tile" "an unknown option" "$pstm" ladder "$job" --tilez 1
refuse 1 "without mpirun" "two ranks" ranks 2 "$pstm" ladder "$job" "${distance[@]}"
finish
