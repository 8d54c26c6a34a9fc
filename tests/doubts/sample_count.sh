#!/usr/bin/env bash
# usage: sample_count.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
patched "$scratch/binary.sgy" 'put(3200, 21, "H", ns + 7)'
doubted 0 sample_count "do not fit the size" "a wrong count in the binary header" --set input.segy="$scratch/binary.sgy"
patched "$scratch/pairs.sgy" 'put(3200, 21, "H", 2 * ns + 60)
for h in heads: put(h, 115, "H", 0)'
doubted 2 sample_count "make one of 2 traces" "two traces read as one" --set input.segy="$scratch/pairs.sgy"
undoubted "the same with their count" --set input.segy="$scratch/pairs.sgy" --set input.n_samples=701
patched "$scratch/none.sgy" 'put(3200, 21, "H", 0)'
undoubted "no count in the binary header" --set input.segy="$scratch/none.sgy"
finish
