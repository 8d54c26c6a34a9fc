#!/usr/bin/env bash
# usage: trace_id.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
patched "$scratch/most.sgy" 'for h in heads[:n // 2 + 1]: put(h, 29, "h", 2)'
doubted 0 trace_id "201 of 400 traces" "most traces are dead" --set input.segy="$scratch/most.sgy"
accepted trace_id "most traces are dead" --set input.segy="$scratch/most.sgy"
patched "$scratch/half.sgy" 'for h in heads[:n // 2]: put(h, 29, "h", 2)'
undoubted "half of the traces are dead" --set input.segy="$scratch/half.sgy"
finish
