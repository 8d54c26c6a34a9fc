#!/usr/bin/env bash
# usage: revision.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
patched "$scratch/revision.sgy" 'b[3500:3502] = b"\x09\x00"'
doubted 0 revision "revision 9.0" "revision 9" --set input.segy="$scratch/revision.sgy"
accepted revision "revision 9" --set input.segy="$scratch/revision.sgy"
patched "$scratch/known.sgy" 'b[3500:3502] = b"\x01\x00"'
undoubted "revision 1" --set input.segy="$scratch/known.sgy"
finish
