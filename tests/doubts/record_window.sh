#!/usr/bin/env bash
# usage: record_window.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
last=$(python3 - "$good" <<'PY'
import struct, sys
h = open(sys.argv[1], "rb").read(3600)
print((struct.unpack(">H", h[3220:3222])[0] - 1) * struct.unpack(">H", h[3216:3218])[0] / 1e6)
PY
)
times() { python3 -c "print(round($last * $1 / 0.004))"; }
doubted 0 record_window "the records end at" "an image more than twice as long as the records" \
  --set grid.time.n="$(times 2.1)"
doubted 2 record_window "the records end at" "an image far longer than the records" --set grid.time.n="$(times 25)"
undoubted "an image of less than twice the records" --set grid.time.n="$(times 1.9)"
patched "$scratch/late.sgy" 'for h in heads[:300]: put(h, 109, "h", 5000)'
doubted 0 record_window "traces near enough to the grid are not recorded" "most records are late" --set input.segy="$scratch/late.sgy"
finish
