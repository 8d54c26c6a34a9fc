#!/usr/bin/env bash
# usage: amplitude.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
true=(--set migrate.weight=true --set condition.wavelet=auto)
undoubted "the weight true" "${true[@]}"
doubted 0 amplitude "condition.agc: 0.5 s" "an AGC before true amplitudes" "${true[@]}" --set condition.agc=0.5
accepted amplitude "an AGC before true amplitudes" "${true[@]}" --set condition.agc=0.5
undoubted "an AGC before a kinematic image" --set condition.agc=0.5
doubted 0 amplitude "condition.wavelet: 2d" "the filter of a line for a 3D survey" "${true[@]}" --set condition.wavelet=2d
# Midpoints and offsets along y; 40 m across, of 2 km and more.
check "make a narrow survey" "$pstm" synth --preset diffractor --traces 400 --area 40,2000 --offsets 0,100 --azimuths 0,5 \
  --inline 2,25 --crossline 80,25 --time 100,0.004 --out "$scratch/narrow" --overwrite
job=$scratch/narrow/job.yaml
doubted 0 amplitude "too narrow a strip" "a crooked line" "${true[@]}"
undoubted "a kinematic image of a crooked line"
finish
