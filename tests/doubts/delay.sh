#!/usr/bin/env bash
# usage: delay.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
patched "$scratch/garbage.sgy" 'for h in heads[:100]: put(h, 109, "h", 32000)'
doubted 0 delay "go from 0 to 32 s" "delays that differ by a large part of a record" \
  --set input.segy="$scratch/garbage.sgy"
undoubted "delays that are not used" --set input.segy="$scratch/garbage.sgy" --set input.delay=off
patched "$scratch/same.sgy" 'for h in heads: put(h, 109, "h", 20)'
undoubted "one delay" --set input.segy="$scratch/same.sgy"
finish
