#!/usr/bin/env bash
# usage: offset_header.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
patched "$scratch/half.sgy" 'for h in heads[:201]: put(h, 37, "i", 900000)'
doubted 0 offset_header "in 201 of 400 traces" "the offset of most traces is not the distance" \
  --set input.segy="$scratch/half.sgy"
patched "$scratch/zero.sgy" 'for h in heads: b[h+80:h+88] = b[h+72:h+80]; put(h, 37, "i", 400)'
doubted 2 offset_header "in 400 of 400 traces; that is 0 in all" "the offset stands in its header alone" \
  --set input.segy="$scratch/zero.sgy"
accepted offset_header "the offset stands in its header alone" --set input.segy="$scratch/zero.sgy"
patched "$scratch/few.sgy" 'for h in heads[:200]: put(h, 37, "i", 900000)'
undoubted "half of the traces" --set input.segy="$scratch/few.sgy"
patched "$scratch/none.sgy" 'for h in heads: put(h, 37, "i", 0)'
undoubted "no offset in the headers" --set input.segy="$scratch/none.sgy"
finish
