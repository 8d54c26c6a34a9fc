#!/usr/bin/env bash
# usage: amplitude.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
true=(--set migrate.weight=true --set condition.wavelet=auto)
undoubted "the weight true" "${true[@]}"
doubted 0 amplitude "condition.agc: 0.5 s" "an AGC before true amplitudes" "${true[@]}" --set condition.agc=0.5
accepted amplitude "an AGC before true amplitudes" "${true[@]}" --set condition.agc=0.5
undoubted "an AGC before a kinematic image" --set condition.agc=0.5
doubted 0 amplitude "condition.wavelet: 2d" "the filter of a line for a 3D survey" "${true[@]}" --set condition.wavelet=2d
finish
