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
# Within 150 m of the corner of the grid, at (0, 0), all traces are zeros, of which headers do not tell.
zeroed() {
  patched "$1" "for h in heads:
  sx, sy, gx, gy = struct.unpack_from('>iiii', b, h + 72)
  if ((sx + gx) / 200) ** 2 + ((sy + gy) / 200) ** 2 < $2 ** 2: b[h + 240:h + t] = bytes(t - 240)"
}
corner=(--set grid.inline.n=2 --set grid.crossline.n=2 --set migrate.aperture.distance=60)
zeroed "$scratch/zeros.sgy" 150
doubted 0 empty_image "the fold is 0 everywhere" "a corner of dead traces" --set input.segy="$scratch/zeros.sgy" "${corner[@]}"
undoubted "a corner of dead traces, accepted" --set input.segy="$scratch/zeros.sgy" "${corner[@]}" \
  --set accept=[empty_image]
zeroed "$scratch/some.sgy" 10
undoubted "a corner of live traces" --set input.segy="$scratch/some.sgy" "${corner[@]}"
undoubted "the survey"
finish
