#!/usr/bin/env bash
# usage: swapped_traces.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
# lines FILE Y SWAPPED: 20 records of 20 traces, stations of 25 m from x = 400 on, along this y; of trace i x and y are
# swapped where the expression holds.
lines() {
  patched "$1" "for i, h in enumerate(heads):
  at = [400 + 25 * (i // 20), $2, 400 + 25 * (i // 20) + 25 * (i % 20), $2]
  if $3: at = [at[1], at[0], at[3], at[2]]
  for byte, value in zip((73, 77, 81, 85), at): put(h, byte, 'i', 100 * value)
  put(h, 71, 'h', -100); put(h, 37, 'i', 25 * (i % 20)); put(h, 9, 'i', i // 20)"
}
quiet=(--set accept='[grid_position]')
lines "$scratch/three.sgy" 50 "i in (30, 31, 77)"
doubted 0 swapped_traces "so do 3 of 400 traces" "three swapped traces" --set input.segy="$scratch/three.sgy" "${quiet[@]}"
grep -qF "three.sgy: trace 31 has" "$scratch/out.txt"
result $? "the first is named"
accepted swapped_traces "three swapped traces" --set input.segy="$scratch/three.sgy" --set accept='[swapped_traces, grid_position]'
lines "$scratch/ends.sgy" 50 "i == 0 or i > 389"
doubted 0 swapped_traces "so do 11 of 400 traces" "the first and the last ones" --set input.segy="$scratch/ends.sgy" "${quiet[@]}"
lines "$scratch/good.sgy" 50 "False"
undoubted "none" --set input.segy="$scratch/good.sgy" "${quiet[@]}"
# The nearer the line is to x = y, the less far a swapped trace is: 10.6 and 9.9 times as far as its neighbours.
lines "$scratch/just.sgy" 335 "i == 23"
doubted 0 swapped_traces "so do 1 of 400 traces" "one 10.6 times as far" --set input.segy="$scratch/just.sgy" "${quiet[@]}"
lines "$scratch/near.sgy" 345 "i == 23"
undoubted "one 9.9 times as far" --set input.segy="$scratch/near.sgy" "${quiet[@]}"
check "two ranks find the same" bash -c "mpirun -n 2 --oversubscribe --bind-to none '$pstm' run '$job' --quiet --set output.file='$scratch/two.h5' \
  --set input.segy='$scratch/three.sgy' --set accept=[grid_position] 2>&1 | grep -qF '[swapped_traces] $scratch/three.sgy: trace 31 has'"
finish
