#!/usr/bin/env bash
# usage: missing_position.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
patched "$scratch/source.sgy" 'for h in heads: b[h+72:h+80] = bytes(8)'
doubted 2 missing_position "the source (bytes 73, 77) is at (0, 0) in 400 of 400" "sources at (0, 0)" \
  --set input.segy="$scratch/source.sgy"
patched "$scratch/receiver.sgy" 'for h in heads: b[h+80:h+88] = bytes(8)'
doubted 2 missing_position "the receiver (bytes 81, 85) is at (0, 0)" "receivers at (0, 0)" \
  --set input.segy="$scratch/receiver.sgy"
accepted missing_position "receivers at (0, 0)" --set input.segy="$scratch/receiver.sgy"
patched "$scratch/same.sgy" 'for h in heads: b[h+80:h+88] = b[heads[0]+80:heads[0]+88]'
doubted 2 missing_position "the receiver (bytes 81, 85) is at (" "the receiver of all traces is the same" \
  --set input.segy="$scratch/same.sgy"
# One receiver under many sources, and headers that say so: a receiver gather. Coordinates are in centimetres.
patched "$scratch/gather.sgy" '
import math
for h in heads:
  struct.pack_into(">2i", b, h + 80, 20000, 20000)
  x, y, u, v = struct.unpack(">4i", b[h+72:h+88])
  put(h, 37, "i", round(math.hypot(u - x, v - y) / 100))'
undoubted "a receiver gather" --set input.segy="$scratch/gather.sgy"
finish
