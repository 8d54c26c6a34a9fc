#!/usr/bin/env bash
# usage: coordinate_units.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
angles='for h in heads: put(h, 89, "H", 3)'
patched "$scratch/degrees.sgy" "$angles"
doubted 0 coordinate_units "unit code 3" "lengths called degrees" --set input.segy="$scratch/degrees.sgy"
patched "$scratch/metres.sgy" 'for h in heads: put(h, 89, "H", 1)'
undoubted "lengths called lengths" --set input.segy="$scratch/metres.sgy"
finish
