#!/usr/bin/env bash
# usage: tape_label.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
patched "$scratch/label.sgy" 'b[0:0] = b"   1SY1.0RECORD".ljust(128)'
doubted 0 tape_label "SY1.0" "a file with a tape label" --set input.segy="$scratch/label.sgy"
patched "$scratch/none.sgy" 'b[0:15] = b"C  1SY10 RECORD"'
undoubted "a textual header" --set input.segy="$scratch/none.sgy"
finish
