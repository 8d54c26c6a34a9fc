#!/usr/bin/env bash
# usage: trace_n_samples.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
patched "$scratch/many.sgy" 'for h in heads[1:42]: put(h, 115, "H", ns - 20)'
doubted 2 trace_n_samples "cuts 41 of 400" "more than a tenth of the counts are less" \
  --set input.segy="$scratch/many.sgy"
undoubted "counts that are not heeded" --set input.segy="$scratch/many.sgy" --set input.trace_n_samples=off
accepted trace_n_samples "more than a tenth" --set input.segy="$scratch/many.sgy"
patched "$scratch/few.sgy" 'for h in heads[1:41]: put(h, 115, "H", ns - 20)'
doubted 0 trace_n_samples "cuts 40 of 400" "a tenth of the counts are less" --set input.segy="$scratch/few.sgy"
patched "$scratch/more.sgy" 'for h in heads[1:]: put(h, 115, "H", ns + 20)'
undoubted "counts that are more" --set input.segy="$scratch/more.sgy"
finish
