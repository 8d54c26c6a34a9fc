#!/usr/bin/env bash
# usage: absurd_samples.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
patched "$scratch/few.sgy" 'for h in heads[7:10]: put(h + 240, 41, "f", 1.1e25)'
doubted 0 absurd_samples "3 trace(s)" "three traces with a sample too large" --set input.segy="$scratch/few.sgy"
check "they are listed" test "$(grep -c 'beyond 1e25' "$image.dropped.txt")" = 3
patched "$scratch/nan.sgy" 'put(heads[9] + 240, 41, "f", float("nan")); put(heads[11] + 240, 1, "f", float("-inf"))'
doubted 0 absurd_samples "and 2 some that are no finite number" "a trace with NaN, one with infinity" \
  --set input.segy="$scratch/nan.sgy"
patched "$scratch/below.sgy" 'for h in heads[7:10]: put(h + 240, 41, "f", 0.9e25)'
undoubted "three traces with a large sample" --set accept=[loud_traces,lone_samples] --set input.segy="$scratch/below.sgy"
patched "$scratch/most.sgy" 'for h in heads[:201]: put(h + 240, 41, "f", 1.1e25)'
refuse 2 "samples look byte-swapped" "most traces with a sample too large" "$pstm" run "$job" --quiet \
  --set output.file="$scratch/none.h5" --set input.segy="$scratch/most.sgy"
finish
