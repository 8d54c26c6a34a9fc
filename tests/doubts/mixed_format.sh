#!/usr/bin/env bash
# usage: mixed_format.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
# noisy FILE FORMAT OTHER: the survey with noise, as a field record has it, its floats IBM (1) or IEEE (5) floats by the
# header, and in the other format in those traces i for which the expression holds.
noisy() {
  patched "$1" "import random
r = random.Random(7)
def ibm(v):
  if v == 0: return 0
  e = 64
  a = abs(v)
  while a >= 1: a /= 16; e += 1
  while a < 1 / 16: a *= 16; e -= 1
  return (v < 0) << 31 | e << 24 | int(a * 2**24)
put(3200, 25, 'H', $2)
for i, h in enumerate(heads):
  v = [x + r.gauss(0, 0.1) for x in struct.unpack_from('>%df' % ns, b, h + 240)]
  if ($2 == 1) != ($3): struct.pack_into('>%dI' % ns, b, h + 240, *map(ibm, v))
  else: struct.pack_into('>%df' % ns, b, h + 240, *v)"
}
noisy "$scratch/ieee.sgy" 5 "False"
undoubted "IEEE floats" --set input.segy="$scratch/ieee.sgy"
noisy "$scratch/ibm.sgy" 1 "False"
undoubted "IBM floats" --set input.segy="$scratch/ibm.sgy"
noisy "$scratch/tail.sgy" 5 "i >= 300"
doubted 2 mixed_format "between trace 301 and trace 400 those of 16 of 64" "a quarter of the file IBM floats" --set input.segy="$scratch/tail.sgy" \
  --set accept=[loud_traces]
[ ! -e "$image" ]
result $? "there is no cube"
refuse 2 "error: [mixed_format] $scratch/tail.sgy: samples are IEEE floats" "the next run, which reuses the traces" "$pstm" run "$job" \
  --set output.file="$image" --set input.segy="$scratch/tail.sgy" --set accept=[loud_traces]
grep -q "reusing conditioned traces" "$scratch/out.txt" && [ ! -e "$image" ]
result $? "it does reuse them, and there is no cube"
rm -f "$image".*
refuse 2 "those of 16 of 64 stretches look like IBM floats" "two ranks" ranks 2 "$pstm" run "$job" --set output.file="$image" \
  --set input.segy="$scratch/tail.sgy"
accepted mixed_format "a quarter of the file IBM floats" --set input.segy="$scratch/tail.sgy"
noisy "$scratch/head.sgy" 1 "100 <= i < 160"
doubted 2 mixed_format "look like IEEE floats" "a part of the file IEEE floats" --set input.segy="$scratch/head.sgy"
noisy "$scratch/few.sgy" 1 "100 <= i < 114"
doubted 0 mixed_format "look like IEEE floats" "two stretches, a warning" --set input.segy="$scratch/few.sgy"
noisy "$scratch/least.sgy" 5 "i == 100"
run_job --set input.segy="$scratch/least.sgy" --set accept=[loud_traces,lone_samples,absurd_samples] && ! grep -q mixed_format "$scratch/out.txt"
result $? "less than a stretch is not seen"
finish
