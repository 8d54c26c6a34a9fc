#!/usr/bin/env bash
# usage: sample_format.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
patched "$scratch/label.sgy" 'put(3200, 25, "H", 1)'
doubted 2 sample_format "look like IEEE floats" "IEEE floats under the code of IBM" --set input.segy="$scratch/label.sgy"
accepted sample_format "IEEE floats under the code of IBM" --set input.segy="$scratch/label.sgy"
undoubted "the same with their format" --set input.segy="$scratch/label.sgy" --set input.sample_format=5
patched "$scratch/integers.sgy" 'put(3200, 25, "H", 2)'
doubted 2 sample_format "look like IEEE or IBM floats" "floats under the code of integers" --set input.segy="$scratch/integers.sgy"
patched "$scratch/ieee.sgy" ''
undoubted "IEEE floats" --set input.segy="$scratch/ieee.sgy"
finish
