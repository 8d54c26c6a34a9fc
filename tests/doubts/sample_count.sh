#!/usr/bin/env bash
# usage: sample_count.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
patched "$scratch/binary.sgy" 'put(3200, 21, "H", ns + 7)'
doubted 0 sample_count "do not fit the size" "a wrong count in the binary header" --set input.segy="$scratch/binary.sgy"
patched "$scratch/none.sgy" 'put(3200, 21, "H", 0)'
undoubted "no count in the binary header" --set input.segy="$scratch/none.sgy"
finish
