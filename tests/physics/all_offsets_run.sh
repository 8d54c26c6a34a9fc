#!/usr/bin/env bash
# One class with all traces, random midpoints with offsets of 0 to 3 km in any azimuth: flat planes have their reflectivity at
# 200, 400, 800 and 1600 m, where areas over all of them would fade the shallow ones (0.17 at 200 m). Two surveys, since what
# lies deep needs a wide one and what lies shallow a dense one. Reading between samples takes 1.2 %. The test physics_amplitude
# has a short version.
# usage: all_offsets_run.sh PSTM SCRATCH
source "$(dirname "$0")/../cli/lib.sh"
/usr/bin/python3 -c 'import h5py' 2>/dev/null || { echo "skipped: h5py is not installed"; exit 77; }

# image NAME SIDE BINS STEP DEPTH DEPTH: a survey SIDE metres wide over planes at two depths, and a tile in its middle.
image() {
  "$pstm" synth --preset amplitude --traces 60000 --area "$2,$2" --offsets 0,3000 --azimuths 0,360 --velocity 2000 \
    --record 1201,0.002 --reflector "0,0,$5,0,0,0.1" --reflector "0,0,$6,0,0,0.1" --inline "$3,$4" --crossline "$3,$4" \
    --time 851,0.002 --out "$scratch/$1" &&
    "$pstm" run "$scratch/$1/job.yaml" --quiet --set devices=cpu --set output.file="$scratch/$1.h5" --set offsets.n=off \
      --set offsets.step=off --set offsets.first=0 --set output.gathers=off --set migrate.aperture.angle=70 \
      --set "target.inlines=[17, 32]" --set "target.crosslines=[17, 32]" --set "target.time=[0, $(python3 -c "print($6/1000+0.1)")]"
}

# peak NAME DEPTH LEAST: the mean over the tile of the peak at a depth, over the reflectivity 0.1.
peak() {
  /usr/bin/python3 - "$scratch/$1.h5" "$2" "$3" <<'PY'
import sys, h5py
file, depth, least = h5py.File(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
near = abs(file["twt"][:] - depth / 1000) < 0.03
found = file["stack"][16:32, 16:32][:, :, near].max(axis=2).mean() / 0.1
print("reflectivity, of 1:", found)
assert least <= found <= 1.03, found
PY
}

check "a dense survey: migrate" image near 700 48 15 200 400
check "200 m" peak near 200 0.93
check "400 m" peak near 400 0.95
check "a wide survey: migrate" image wide 1400 57 25 800 1600
check "800 m" peak wide 800 0.95
check "1600 m" peak wide 1600 0.95
finish
