#!/usr/bin/env bash
# `pstm scan` finds the grids of surveys that surveys.py has made.
# usage: surveys.sh PSTM SCRATCH SEEDS
source "$(dirname "$0")/../cli/lib.sh"
python3 "$(dirname "$0")/surveys.py" "$pstm" "$scratch" "$3"
code=$?
rm -rf "$scratch"
exit $code
