#!/usr/bin/env bash
# usage: sample_order.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
swap='for h in heads:
  for i in range(h + 240, h + t, 4): b[i:i+4] = b[i:i+4][::-1]'
patched "$scratch/swapped.sgy" "$swap"
doubted 2 sample_order "byte-swapped" "samples in the other byte order" --set input.segy="$scratch/swapped.sgy"
undoubted "the same, read so" --set input.segy="$scratch/swapped.sgy" --set input.sample_order=little
finish
