#!/usr/bin/env bash
# usage: interval_unit.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
set_interval='
def set_interval(us):
  put(3200, 17, "H", us)
  for h in heads: put(h, 117, "H", us)
'
patched "$scratch/ms.sgy" "$set_interval
set_interval(4)"
doubted 2 interval_unit "input.sample_interval: 0.004" "milliseconds" --set input.segy="$scratch/ms.sgy"
undoubted "milliseconds, overridden" --set input.segy="$scratch/ms.sgy" --set input.sample_interval=0.004
patched "$scratch/negative.sgy" "$set_interval
set_interval(65536 - 4000)"
doubted 2 interval_unit "-4000 us" "a negative interval" --set input.segy="$scratch/negative.sgy"
patched "$scratch/long.sgy" "$set_interval
set_interval(17)"
undoubted "17 us" --set input.segy="$scratch/long.sgy" --set grid.time.step=0.00002 \
  --set migrate.aperture.angle=off --set migrate.aperture.distance=20
finish
