#!/usr/bin/env bash
# usage: partial.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
patched "$scratch/cut.sgy" 'del b[-1:]'
doubted 2 partial "end inside trace 400" "a file that is cut off" --set input.segy="$scratch/cut.sgy"
accepted partial "a file that is cut off" --set input.segy="$scratch/cut.sgy"
patched "$scratch/joined.sgy" 'b += bytes(b)'
doubted 2 partial "behind trace 400" "a file joined to another" --set input.segy="$scratch/joined.sgy"
patched "$scratch/lost.sgy" 'del b[heads[300] + 400:heads[300] + 500]; b += bytes(100)'
doubted 2 partial "100 bytes are missing" "100 bytes lost in trace 301 and padded at the end" --set input.segy="$scratch/lost.sgy"
accepted partial "100 bytes lost in trace 301" --set input.segy="$scratch/lost.sgy"
patched "$scratch/added.sgy" 'b[heads[50] + 400:heads[50] + 400] = bytes(36); del b[-36:]'
doubted 2 partial "36 bytes are too many" "36 bytes more in trace 51" --set input.segy="$scratch/added.sgy"
patched "$scratch/twice.sgy" 'b[heads[90] + 400:heads[90] + 400] = bytes(36); del b[heads[120] + 400:heads[120] + 436]'
refuse 2 "bytes are too many" "36 bytes more in trace 91, and less in trace 121" "$pstm" run "$job" --quiet \
  --set output.file="$scratch/none.h5" --set input.segy="$scratch/twice.sgy"
patched "$scratch/shorter.sgy" 'del b[-t:]'
undoubted "a file without its last trace" --set input.segy="$scratch/shorter.sgy"
finish
