#!/usr/bin/env bash
# usage: sample_interval.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
patched "$scratch/other.sgy" 'for h in heads: put(h, 117, "H", 3000)'
doubted 0 sample_interval "3000 us" "another interval in the traces" --set input.segy="$scratch/other.sgy"
patched "$scratch/none.sgy" 'for h in heads: put(h, 117, "H", 0)'
undoubted "no interval in the traces" --set input.segy="$scratch/none.sgy"
undoubted "another one, overridden" --set input.segy="$scratch/other.sgy" --set input.sample_interval=0.004
finish
