#!/usr/bin/env bash
# usage: grid_position.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
azimuth=$(sed -n 's/.*azimuth: *\([-0-9.]*\).*/\1/p' "$job" | head -n 1)
# Four parts of the grid's area, so that the 400 midpoints lie in each.
parts=(--set grid.inline.n=2 --set grid.inline.step=250 --set grid.crossline.n=2 --set grid.crossline.step=250)
turned() { python3 -c "print((float('$azimuth') + $1) % 360)"; }
doubted 1 grid_position "180 degrees more they lie in 4" "a grid that is turned by 180 degrees" \
  "${parts[@]}" --set grid.azimuth="$(turned 180)"
doubted 0 grid_position "90 degrees less they lie in 4" "a grid that is turned by 90 degrees" \
  "${parts[@]}" --set grid.azimuth="$(turned 90)"
patched "$scratch/swapped.sgy" 'for h in heads:
  x, y, u, v = struct.unpack(">4i", b[h+72:h+88])
  struct.pack_into(">4i", b, h + 72, y + 500000, x, v + 500000, u)'
patched "$scratch/moved.sgy" 'for h in heads:
  x, y, u, v = struct.unpack(">4i", b[h+72:h+88])
  struct.pack_into(">4i", b, h + 72, x, y + 500000, u, v + 500000)'
origin=$(sed -n 's/.*origin: *\[\(.*\), *\(.*\)\].*/\1 \2/p' "$job" | awk '{ print "[" $1 ", " $2 + 5000 "]" }')
moved=("${parts[@]}" --set grid.origin="$origin" --set velocity.file=off --set velocity.constant=2000)
doubted 1 grid_position "x and y of the traces swapped they lie in 4" "x and y swapped" \
  --set input.segy="$scratch/swapped.sgy" "${moved[@]}"
undoubted "x and y as they are" --set input.segy="$scratch/moved.sgy" "${moved[@]}"
# Sixty-four parts; the survey fills the grid once, and hardly a part of one whose steps are a hundred times longer.
undoubted "all parts of the grid" --set grid.inline.n=16 --set grid.crossline.n=16
doubted 0 grid_position "of 64 parts of the grid" "steps in another unit" --set grid.inline.n=16 --set grid.crossline.n=16 \
  --set grid.inline.step=2500 --set grid.crossline.step=2500 --set velocity.file=off --set velocity.constant=2000
accepted grid_position "steps in another unit" --set grid.inline.n=16 --set grid.crossline.n=16 \
  --set grid.inline.step=2500 --set grid.crossline.step=2500 --set velocity.file=off --set velocity.constant=2000
undoubted "the grid as it is" "${parts[@]}"
finish
