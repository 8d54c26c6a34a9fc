#!/usr/bin/env bash
# usage: velocity_holes.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
cube=$scratch/v.sgy
with=(--set velocity.file="$cube")

# cube_of PYTHON: a SEG-Y cube of 3 x 3 columns of 26 velocities; `traces` are [inline, crossline, values].
cube_of() {
  python3 - "$cube" "$1" <<'PY'
import struct, sys
traces = [[i, j, [1900.0 + 10 * k for k in range(26)]] for i in (1, 10, 20) for j in (1, 9, 18)]
exec(sys.argv[2])
binary = bytearray(400)
for byte, value in ((17, 16000), (21, 26), (25, 5), (301, 256), (303, 1)):
    struct.pack_into(">h", binary, byte - 1, value)
with open(sys.argv[1], "wb") as out:
    out.write(b"\x40" * 3200 + bytes(binary))
    for inline, crossline, values in traces:
        header = bytearray(240)
        for byte, value in ((29, 1), (115, 26), (117, 16000)):
            struct.pack_into(">h", header, byte - 1, value)
        struct.pack_into(">ii", header, 188, inline, crossline)
        out.write(bytes(header) + struct.pack(">26f", *values))
PY
}

cube_of ''
undoubted "a whole cube" "${with[@]}"
cube_of 'del traces[5]'
doubted 2 velocity_holes "1 of 9 columns have no velocity, the first at inline 10, crossline 18" "a hole" "${with[@]}"
accepted velocity_holes "a hole" "${with[@]}"
cube_of 'traces[3][2] = [0.0] * 26'
doubted 2 velocity_holes "at inline 10, crossline 1" "a column of zeros" "${with[@]}"
cube_of 'traces[8][2][0] = 0.0; traces[8][2][1] = -1.0'
doubted 2 velocity_holes "2 samples beside velocities are 0, negative, or no number, the first at inline 20, crossline 18, 0 s" \
  "zeros above the sea floor" "${with[@]}"
cube_of 'traces[8][2][0] = 99.0'
refuse 2 "outside 100 to 10000 m/s" "a velocity that is none" "$pstm" run "$job" --quiet --set output.file="$image" "${with[@]}"
finish
