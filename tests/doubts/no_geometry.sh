#!/usr/bin/env bash
# usage: no_geometry.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
patched "$scratch/zero.sgy" 'for h in heads: b[h+72:h+88] = bytes(16)'
doubted 2 no_geometry "(bytes 181, 185) are set in 400 of 400 traces" "coordinates that are all zero" \
  --set input.segy="$scratch/zero.sgy"
doubted 2 no_geometry "input.geometry" "the key is named" --set input.segy="$scratch/zero.sgy"
patched "$scratch/one.sgy" 'for h in heads: b[h+72:h+88] = b[heads[0]+72:heads[0]+76] * 4'
doubted 2 no_geometry "offset (byte 37)" "coordinates that are all the same" --set input.segy="$scratch/one.sgy"
patched "$scratch/cdp.sgy" 'for h in heads: b[h+72:h+88] = bytes(16); b[h+36:h+40] = bytes(4)'
undoubted "CDP x, y and an offset of 0" --set input.segy="$scratch/cdp.sgy" --set input.geometry=cdp_offset
undoubted "sources and receivers"
finish
