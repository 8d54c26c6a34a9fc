#!/usr/bin/env bash
# usage: header_mute.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
patched "$scratch/all.sgy" 'for h in heads[:201]: put(h, 113, "h", 32000)'
doubted 2 header_mute "from 201 of 400 traces" "mutes that take most of the records" \
  --set input.segy="$scratch/all.sgy"
undoubted "mutes that are not used" --set input.segy="$scratch/all.sgy" --set condition.header_mute=off
accepted header_mute "mutes that take most of the records" --set input.segy="$scratch/all.sgy"
patched "$scratch/some.sgy" 'for h in heads[:41]: put(h, 113, "h", 32000)'
doubted 0 header_mute "from 41 of 400 traces" "mutes that take most of some records" \
  --set input.segy="$scratch/some.sgy"
patched "$scratch/front.sgy" 'for h in heads: put(h, 113, "h", 40)
for h in heads[:40]: put(h, 113, "h", 32000)'
undoubted "front mutes" --set input.segy="$scratch/front.sgy"
finish
