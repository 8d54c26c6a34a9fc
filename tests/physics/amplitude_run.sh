#!/usr/bin/env bash
# Whole runs of `pstm synth --preset amplitude`, corrected for spreading and raw, with offset classes and as one class with
# all traces: the planes have their reflectivity, 0.1 and 0.2, in the stack and in each gather. Reading between samples of
# 2 ms takes 1.2 % of the peak (sinc^2(f dt), docs/theory.md). With antialias copies they have it too, and so have flat planes of
# raw input in 1800 m/s + 0.6 z, whose rays spread more, within 10 % up to offsets of the depth and more. Where h5py is not
# installed it is skipped.
# usage: amplitude_run.sh PSTM SCRATCH
source "$(dirname "$0")/../cli/lib.sh"
/usr/bin/python3 -c 'import h5py' 2>/dev/null || { echo "skipped: h5py is not installed"; exit 77; }

one_tile=(--set "target.inlines=[33, 48]" --set "target.crosslines=[33, 48]" --set "target.time=[0.4, 1]"
  --set grid.time.step=0.002 --set grid.time.n=551)
all=(--set offsets.n=off --set offsets.step=off --set offsets.first=0 --set output.gathers=off)

migrate() { # NAME FOLDER OPTION...
  "$pstm" run "$scratch/$2/job.yaml" --quiet --set devices=cpu --set output.file="$scratch/$1.h5" "${one_tile[@]}" "${@:3}"
}

# reflectivities NAME LEAST MOST [S S]: what stack and gathers of the tile's middle have of 0.1 and 0.2 at these times, 0.5
# and 0.9 s if none are given.
reflectivities() {
  /usr/bin/python3 - "$scratch/$1.h5" "$2" "$3" "${4:-0.5}" "${5:-0.9}" <<'PY'
import sys, h5py
file, (least, most, first, second) = h5py.File(sys.argv[1]), map(float, sys.argv[2:])
twt = file["twt"][:]
columns = [file["stack"][i, 40] for i in (36, 40, 44)]
columns += list(file["gather"][40, 40]) if "gather" in file else []
for column in columns:
    found = column[abs(twt - first) < 0.05].max() / 0.1, column[abs(twt - second) < 0.05].max() / 0.2
    print("reflectivity of both, of 1:", *found)
    assert all(least <= value <= most for value in found), found
PY
}

for spreading in corrected raw; do
  check "$spreading: make a survey" "$pstm" synth --preset amplitude --spreading $spreading --out "$scratch/$spreading"
  check "$spreading: migrate" migrate $spreading $spreading
  check "$spreading: the planes have their reflectivity" reflectivities $spreading 0.97 1.01
done
check "antialias: migrate" migrate bank corrected --set migrate.antialias=bank
check "antialias: the planes have their reflectivity" reflectivities bank 0.97 1.01
# 500 and 1400 m deep: 2/k ln(1 + k z/v0).
check "raw in v0 + k z: make a survey" "$pstm" synth --preset amplitude --spreading raw --velocity 1800,0.6 \
  --reflector 1000,1000,500,0,0,0.1 --reflector 1000,1000,1400,0,0,0.2 --out "$scratch/gradient"
check "raw in v0 + k z: migrate" migrate gradient gradient --set "target.time=[0.4, 1.4]" --set grid.time.n=701
check "raw in v0 + k z: the planes have their reflectivity" reflectivities gradient 0.9 1.1 0.5138 1.2766
check "one class with all traces: migrate" migrate all corrected "${all[@]}"
check "one class with all traces: the planes have their reflectivity" reflectivities all 0.97 1.01
check "obliquity: migrate" migrate obliquity corrected --set migrate.weight=obliquity
refuse 1 "AssertionError" "obliquity: they have not" reflectivities obliquity 0.97 1.01
finish
