#!/usr/bin/env bash
# usage: coordinate_scalars.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
patched "$scratch/half.sgy" 'for h in heads[::2]: put(h, 71, "h", 1)'
doubted 0 coordinate_scalars "200 traces have the scalar 1, of 200 the scalar -100" \
  "half of the traces with another scalar" --set input.segy="$scratch/half.sgy"
patched "$scratch/right.sgy" 'for h in heads[::2]:
  put(h, 71, "h", -1000)
  for at in (73, 77, 81, 85): put(h, at, "i", 10 * struct.unpack(">i", b[h+at-1:h+at+3])[0])'
undoubted "another scalar and numbers to fit" --set input.segy="$scratch/right.sgy"
finish
