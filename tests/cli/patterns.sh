#!/usr/bin/env bash
# Input files by a pattern: the image of the files themselves, in the order of their names, and told.
# usage: patterns.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
check "make a survey" "$pstm" synth --preset diffractor --traces 200 --inline 16,25 --crossline 16,25 \
  --time 60,0.004 --out "$scratch/survey"
cd "$scratch/survey" || exit 1
# The two halves of the survey, each a file: 3600 bytes of headers, then traces.
python3 - <<'PY'
b = open("survey.sgy", "rb").read()
size = 240 + 4 * int.from_bytes(b[3220:3222], "big")
half = (len(b) - 3600) // size // 2
open("part_1.sgy", "wb").write(b[:3600 + half * size])
open("part_2.sgy", "wb").write(b[:3600] + b[3600 + half * size:])
PY
run() { "$pstm" run job.yaml --set "input.segy=$1" --set output.file="$scratch/$2.h5"; }
check "migrate two files" run "[part_1.sgy, part_2.sgy]" listed
told() { run '"part_?.sgy"' pattern 2>&1 | grep -F 'input.segy: 2 file(s) match `part_?.sgy`: part_1.sgy, part_2.sgy'; }
check "migrate by a pattern, and the files are told" told
check "bit-equal" "$pstm" compare "$scratch/pattern.h5" "$scratch/listed.h5" --require bit-equal
cp part_1.sgy 'part_?.sgy'
check "a file of this very name" run '["part_?.sgy", part_2.sgy]' named
check "bit-equal" "$pstm" compare "$scratch/named.h5" "$scratch/listed.h5" --require bit-equal
refuse 1 "no file matches \`*.segy\` in the folder ./" "a pattern that nothing matches" run '"*.segy"' none
finish
