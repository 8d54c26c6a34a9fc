#!/usr/bin/env bash
# Calls that fail, one at a time (faults.py): all of the table, or so many hits, drawn by a seed that is printed.
# usage: faults.sh PSTM SCRATCH LIBRARY all|N [SEED]
/usr/bin/python3 -c 'import h5py' 2>/dev/null || { echo "python3-h5py is missing: skipped"; exit 77; }
rm -rf "$2"
mkdir -p "$2"
/usr/bin/python3 -B "$(dirname "$0")/faults.py" "$@"
code=$?
rm -rf "$2"
exit $code
