#!/usr/bin/env bash
# usage: no_coordinates.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
# The survey is moved by 20 km, so that the origin lies far from it.
moved='for h in heads:
  for at in (73, 77, 81, 85): put(h, at, "i", struct.unpack(">i", b[h+at-1:h+at+3])[0] + 2000000)'
far=(--set "grid.origin=$(python3 - "$job" <<'PY'
import re, sys
x, y = re.search(r"origin: *\[ *([-\d.e+]+) *, *([-\d.e+]+)", open(sys.argv[1]).read()).groups()
print([float(x) + 20000, float(y) + 20000])
PY
)" --set velocity.file=off --set velocity.constant=2000)
patched "$scratch/auxiliary.sgy" "$moved
for h in heads[:3]: b[h+72:h+88] = bytes(16)"
doubted 0 no_coordinates "(0, 0) in 3 of 400 traces" "three traces without coordinates" \
  --set input.segy="$scratch/auxiliary.sgy" "${far[@]}"
patched "$scratch/second.sgy" "$moved
for h in heads: put(h, 9, 'i', 777)
for h in heads[4:9]: b[h+72:h+88] = bytes(16)"
patched "$scratch/first.sgy" "$moved"
doubted 0 no_coordinates "$scratch/second.sgy: source or receiver is at (0, 0) in 5 of 800 traces, from trace 5 on" \
  "traces without coordinates in the second file" --set input.segy="[$scratch/first.sgy, $scratch/second.sgy]" "${far[@]}"
patched "$scratch/pilots.sgy" "$moved
for h in heads[:3]: b[h+80:h+88] = bytes(8)"
doubted 0 no_coordinates "(0, 0) in 3 of 400 traces" "three traces without receiver" \
  --set input.segy="$scratch/pilots.sgy" "${far[@]}"
patched "$scratch/moved.sgy" "$moved"
undoubted "all traces have coordinates" --set input.segy="$scratch/moved.sgy" "${far[@]}"
finish
