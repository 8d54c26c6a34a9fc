#!/usr/bin/env bash
# usage: partial.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
patched "$scratch/cut.sgy" 'del b[-1:]'
doubted 2 partial "end inside trace 400" "a file that is cut off" --set input.segy="$scratch/cut.sgy"
accepted partial "a file that is cut off" --set input.segy="$scratch/cut.sgy"
patched "$scratch/joined.sgy" 'b += bytes(b)'
doubted 2 partial "behind trace 400" "a file joined to another" --set input.segy="$scratch/joined.sgy"
patched "$scratch/shorter.sgy" 'del b[-t:]'
undoubted "a file without its last trace" --set input.segy="$scratch/shorter.sgy"
finish
