#!/usr/bin/env bash
# usage: lone_samples.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
# spoiled FILE FACTOR N: N samples of trace 8 are this many times as large as the largest of its others.
spoiled() {
  patched "$1" "h = heads[7] + 240
s = list(struct.unpack_from('>%df' % ns, b, h))
for k in range($3): s[10 * k + 3] = 0
for k in range($3): s[10 * k + 3] = -$2 * max(map(abs, s[1::10]))
big = max(abs(v) for i, v in enumerate(s) if i % 10 != 3)
for k in range($3): s[10 * k + 3] = -$2 * big
struct.pack_into('>%df' % ns, b, h, *s)"
}
spoiled "$scratch/spike.sgy" 110 1
doubted 0 lone_samples "trace 8 has 1 of -" "a spike of 110 times all others" --set input.segy="$scratch/spike.sgy"
accepted lone_samples "a spike of 110 times all others" --set input.segy="$scratch/spike.sgy"
spoiled "$scratch/null.sgy" 12 3
doubted 0 lone_samples "trace 8 has 3 of -" "a value of 12 times all others, three times" --set input.segy="$scratch/null.sgy"
patched "$scratch/value.sgy" 'for h in heads[20:60]:
  for k in (3, 4, 50): put(h + 240, 4 * k + 1, "f", -999.25)'
doubted 0 lone_samples "40 of 400 traces" "null values of -999.25" --set input.segy="$scratch/value.sgy" \
  --set accept=[loud_traces]
patched "$scratch/small.sgy" 'for h in heads:
  s = [1e5 * v for v in struct.unpack_from(">%df" % ns, b, h + 240)]
  s[10] = s[20] = s[30] = -999.25
  struct.pack_into(">%df" % ns, b, h + 240, *s)'
doubted 0 lone_samples "400 of 400 traces have samples of -999.25" "null values below the largest samples" \
  --set input.segy="$scratch/small.sgy"
spoiled "$scratch/near.sgy" 90 1
undoubted "a spike of 90 times all others" --set input.segy="$scratch/near.sgy"
spoiled "$scratch/clipped.sgy" 8 3
undoubted "three samples of one value, 8 times the others" --set input.segy="$scratch/clipped.sgy"
finish
