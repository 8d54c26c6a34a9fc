#!/usr/bin/env bash
# usage: tail.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
patched "$scratch/zeros.sgy" 'b += bytes(-len(b) % 4096)'
doubted 0 tail "bytes of zeros" "a file padded to 4 KiB" --set input.segy="$scratch/zeros.sgy"
patched "$scratch/text.sgy" 'b += b"((SEG: EndText)) " * 200'
doubted 0 tail "3400 bytes of text" "a file with text at its end" --set input.segy="$scratch/text.sgy"
accepted tail "a file with text at its end" --set input.segy="$scratch/text.sgy"
patched "$scratch/dead.sgy" 'b[heads[200]:] = bytes(len(b) - heads[200])'
doubted 0 tail "behind the last trace, 200," "zeros from trace 201 on" --set input.segy="$scratch/dead.sgy"
undoubted "zeros from trace 201 on, where the job says how long traces are" --set input.segy="$scratch/dead.sgy" \
  --set input.n_samples=701 --set accept=[no_coordinates]
patched "$scratch/whole.sgy" ''
undoubted "a file that ends with its last trace" --set input.segy="$scratch/whole.sgy"
finish
