#!/usr/bin/env bash
# usage: empty_image.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
doubted 2 empty_image "no trace reaches the grid" "a grid far from the data" --set grid.origin=[9000000,9000000]
accepted empty_image "a grid far from the data" --set grid.origin=[9000000,9000000]
doubted 2 empty_image "the aperture is 0.01 m" "an aperture of next to nothing" \
  --set migrate.aperture.distance=0.01 --set grid.crossline.first=1
doubted 2 empty_image "the image is of 90 to" "times behind the records" --set grid.time.first=90
patched "$scratch/late.sgy" 'for h in heads: put(h, 109, "h", 32000)'
doubted 2 empty_image "within 32 to" "records behind the image's times" --set input.segy="$scratch/late.sgy"
undoubted "records with a delay that is not used" --set input.segy="$scratch/late.sgy" --set input.delay=off
doubted 2 empty_image "within" "a mute behind the records" --set condition.mute.velocity=3000 \
  --set condition.mute.delay=50
# Near the corner of the grid all traces are zeros, of which headers do not tell.
patched "$scratch/zeros.sgy" 'xy = [struct.unpack_from(">iiii", b, h + 72) for h in heads]
x0, y0 = ORIGIN
for h, (sx, sy, gx, gy) in zip(heads, xy):
  if ((sx + gx) / 200 - x0) ** 2 + ((sy + gy) / 200 - y0) ** 2 < 250 ** 2: b[h + 240:h + t] = bytes(t - 240)'
undoubted "the survey"
finish
