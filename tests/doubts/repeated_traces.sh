#!/usr/bin/env bash
# usage: repeated_traces.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
cp "$good" "$scratch/copy.sgy"
doubted 0 repeated_traces "400 of 800 traces" "a file and its copy" --set input.segy="[$good, $scratch/copy.sgy]"
patched "$scratch/once.sgy" 'b[3200:] = b[3200:] + b[heads[20]:heads[21]]
b[-t:-t+8] = b"\0\0\1\x91\0\0\1\x91"'
doubted 0 repeated_traces "trace 401 of $scratch/once.sgy is trace 21 of" "one trace that is there twice" \
  --set input.segy="$scratch/once.sgy"
accepted repeated_traces "one trace that is there twice" --set input.segy="$scratch/once.sgy"
patched "$scratch/again.sgy" 'for h in heads: put(h, 9, "i", 100000 + struct.unpack(">i", b[h+8:h+12])[0])'
undoubted "records shot again" --set input.segy="[$good, $scratch/again.sgy]"
finish
