#!/usr/bin/env bash
# usage: feet.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
patched "$scratch/feet.sgy" 'put(3200, 55, "H", 2)'
doubted 0 feet "byte 3255" "a file in feet" --set input.segy="$scratch/feet.sgy"
accepted feet "a file in feet" --set input.segy="$scratch/feet.sgy"
patched "$scratch/metres.sgy" 'put(3200, 55, "H", 1)'
undoubted "a file in metres" --set input.segy="$scratch/metres.sgy"
finish
