#!/usr/bin/env bash
# usage: file_coordinates.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
# moved FILE RECORD PYTHON: the survey 2 km east, with another record number, and then x, y as the text says.
moved() {
  patched "$1" "for h in heads:
  put(h, 9, 'i', $2)
  for at in (73, 81):
    x, y = struct.unpack_from('>ii', b, h + at - 1)
    x += 200000
    x, y = $3
    struct.pack_into('>ii', b, h + at - 1, round(x), round(y))"
}
moved "$scratch/one.sgy" 7001 "x, y"
moved "$scratch/two.sgy" 7002 "y, x"
moved "$scratch/feet.sgy" 7003 "x / 0.3048, y / 0.3048"
moved "$scratch/tenth.sgy" 7004 "x / 10, y / 10"
moved "$scratch/beside.sgy" 7005 "x + 60000, y"
with=(--set grid.origin=[2000,0])
doubted 0 file_coordinates "if x and y were swapped" "x and y swapped in the second file" \
  --set input.segy="[$scratch/one.sgy, $scratch/two.sgy]" "${with[@]}"
accepted file_coordinates "x and y swapped in the second file" --set input.segy="[$scratch/one.sgy, $scratch/two.sgy]" "${with[@]}"
doubted 0 file_coordinates "if they were feet" "the second file in feet" \
  --set input.segy="[$scratch/one.sgy, $scratch/feet.sgy]" "${with[@]}"
doubted 0 file_coordinates "multiplied by 10" "the second file in tens of metres" \
  --set input.segy="[$scratch/one.sgy, $scratch/tenth.sgy]" "${with[@]}"
# line FILE RECORD FROM PYTHON: all midpoints on a line along x.
line() {
  patched "$1" "for i, h in enumerate(heads):
  put(h, 9, 'i', $2)
  x, y = $3 + 2.5 * i, 0
  for at in (73, 81): struct.pack_into('>ii', b, h + at - 1, *(round(100 * v) for v in ($4)))
  put(h, 37, 'i', 0)"
}
line "$scratch/west.sgy" 7011 1500 "x, y"
line "$scratch/east.sgy" 7012 2500 "y, x"
line "$scratch/right.sgy" 7013 2500 "x, y"
with=(--set grid.origin=[1500,0] --set grid.azimuth=90 --set grid.inline.n=1)
doubted 0 file_coordinates "if x and y were swapped" "x and y swapped in the second half of a line" \
  --set input.segy="[$scratch/west.sgy, $scratch/east.sgy]" "${with[@]}"
undoubted "two halves of a line" --set input.segy="[$scratch/west.sgy, $scratch/right.sgy]" "${with[@]}"
with=(--set grid.origin=[2000,0])
undoubted "two files side by side" --set input.segy="[$scratch/one.sgy, $scratch/beside.sgy]" "${with[@]}"
finish
