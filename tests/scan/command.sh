#!/usr/bin/env bash
# `pstm scan`: tables, JSON, job file, pictures and what it refuses; the same for any number of ranks.
# usage: command.sh PSTM SCRATCH
source "$(dirname "$0")/../cli/lib.sh"
field=$(dirname "$0")/../../../shared/data
says() { grep -qE -- "$1" "$scratch/scan.txt" || { echo "not said: $1"; cat "$scratch/scan.txt"; return 1; }; }

check "make a survey" "$pstm" synth --preset diffractor --traces 6000 --azimuth 27 --inline 21,25 --crossline 37,20 \
  --time 60,0.004 --origin 500000,6000000 --out "$scratch/survey"
survey=$scratch/survey/survey.sgy
"$pstm" scan "$survey" --text --job "$scratch/job.yaml" --png "$scratch/look" >"$scratch/scan.txt" 2>&1
check "scan it" test $? = 0
check "its text" says "Synthetic survey made by pstm synth"
check "its samples" says "6000 traces of"
check "a word of the headers" says " 73  source x"
check "its doubts" says "doubts      none"
check "its grid" says "grid        bins of"
check "pictures" test -s "$scratch/look.map.png" -a -s "$scratch/look.fold.png" -a -s "$scratch/look.headers.png"

# The job is whole: it runs as it is, and is the one of the files.
check "the job is a job" "$pstm" plan "$scratch/job.yaml" --ranks 1
check "which runs" "$pstm" run "$scratch/job.yaml" --quiet --set grid.time.n=8
check "a job of its own is replaced" "$pstm" scan "$survey" --job "$scratch/job.yaml"
echo "input: mine" >"$scratch/mine.yaml"
refuse 1 "--overwrite" "another's is not" "$pstm" scan "$survey" --job "$scratch/mine.yaml"
refuse 1 "is an input file" "nor is the survey" "$pstm" scan "$survey" --job "$survey" --overwrite
refuse 2 "nowhere.sgy" "a file that is not there" "$pstm" scan "$scratch/nowhere.sgy"
refuse 1 "traces count from 1" "traces that are not there" "$pstm" scan "$survey" --headers 5990,6001
refuse 1 "input.byts" "a key that is not there" "$pstm" scan "$survey" --set input.byts=3

rows() { [ "$("$pstm" scan "$survey" --headers 11,20 | wc -l)" = 11 ]; }
check "ten rows of headers and their names" rows
same_for_ranks() {
  "$pstm" scan "$survey" --json >"$scratch/one.json" && ranks 3 "$pstm" scan "$survey" --json >"$scratch/three.json" &&
    python3 -m json.tool "$scratch/one.json" /dev/null && cmp "$scratch/one.json" "$scratch/three.json"
}
check "JSON, the same from 3 ranks" same_for_ranks

# A doubt with its remedy, and in the job: the scalar word is read as the offset, so that it contradicts coordinates.
"$pstm" scan "$survey" --set input.bytes.offset=1 --job "$scratch/doubt.yaml" >"$scratch/scan.txt" 2>&1
check "a doubt" says "warning: \[offset_header\]"
check "with its remedy" says "look at input.bytes"
check "and the job says so" grep -q "doubt \[offset_header\]" "$scratch/doubt.yaml"
check "and how files are read" grep -q "bytes.offset: 1" "$scratch/doubt.yaml"

# An image that was exported has the very grid of its cube.
check "an image" "$pstm" run "$scratch/survey/job.yaml" --quiet --set output.file="$scratch/of_cube.h5" \
  --set grid.inline.first=101 --set grid.crossline.first=2001
check "as SEG-Y" "$pstm" export "$scratch/of_cube.h5" "$scratch/image.sgy"
"$pstm" scan "$scratch/image.sgy" --job "$scratch/again.yaml" >"$scratch/scan.txt" 2>&1
check "is known as one" says "all offsets are 0"
same_grid() { grep -qE "inline: \{ n: 21, step: 25, first: 101 \}" "$scratch/again.yaml" &&
  grep -qE "crossline: \{ n: 37, step: 20, first: 2001 \}" "$scratch/again.yaml" &&
  grep -qE "origin: \[500000.000, 6000000.000\]" "$scratch/again.yaml" && grep -qE "azimuth: 27 " "$scratch/again.yaml"; }
check "with its grid and numbers" same_grid

if [ -d "$field" ]; then
  "$pstm" scan "$field/loma_blanca_sh/loma_blanca_sh.sgy" >"$scratch/scan.txt" 2>&1
  check "Loma Blanca is a line" says "a straight 2D line"
  check "of 119 places, 5 m apart" says "1 inlines x 119 crosslines, bin \(0, 0\) at x 7.50, y 0.00"
  check "by its numbers" says "byte 193 numbers the crosslines"
  "$pstm" scan "$field/viking_small/viking_small.segy" >"$scratch/scan.txt" 2>&1
  check "Viking has little fold" says "little fold for an image"
  "$pstm" scan "$field/land3d_cmp/seismiclab_cdp700_land3d.su" >"$scratch/scan.txt" 2>&1
  check "a single CMP is no survey" says "no image to make"
  refuse 2 "too few midpoints" "so there is no job" "$pstm" scan "$field/land3d_cmp/seismiclab_cdp700_land3d.su" \
    --job "$scratch/no.yaml"
else
  echo "skipped: no field data beside the project"
fi
finish
