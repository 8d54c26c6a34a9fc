#!/usr/bin/env bash
# usage: coordinate_format.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
patched "$scratch/floats.sgy" 'for h in heads:
  scalar = struct.unpack(">h", b[h+70:h+72])[0]
  k = -1 / scalar if scalar < 0 else max(scalar, 1)
  for byte in (73, 77, 81, 85): put(h, byte, "f", k * struct.unpack(">i", b[h+byte-1:h+byte+3])[0])'
doubted 2 coordinate_format "floats by size" "coordinates as floats" --set input.segy="$scratch/floats.sgy"
undoubted "the same, read so" --set input.segy="$scratch/floats.sgy" --set input.coordinate_format=ieee
finish
