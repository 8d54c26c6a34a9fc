#!/usr/bin/env bash
# usage: trace_id.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
patched "$scratch/most.sgy" 'for h in heads[:n * 3 // 4 + 1]: put(h, 29, "h", 2)'
doubted 0 trace_id "301 of 400 traces" "most traces are dead" --set input.segy="$scratch/most.sgy"
accepted trace_id "most traces are dead" --set input.segy="$scratch/most.sgy"
patched "$scratch/some.sgy" 'for h in heads[:n * 3 // 4]: put(h, 29, "h", 2)'
undoubted "three quarters of the traces are dead" --set input.segy="$scratch/some.sgy"
patched "$scratch/codes.sgy" 'for i, h in enumerate(heads[:n // 2 + 1]): put(h, 29, "h", 2 + i % 4)'
doubted 0 trace_id "201 of 400 traces" "half of the traces have four other codes" --set input.segy="$scratch/codes.sgy"
patched "$scratch/few.sgy" 'for i, h in enumerate(heads[:n // 2 + 1]): put(h, 29, "h", 2 + i % 3)'
undoubted "half of the traces have three other codes" --set input.segy="$scratch/few.sgy"
finish
