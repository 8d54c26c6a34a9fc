#!/usr/bin/env bash
# usage: bandpass.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
doubted 0 bandpass "up to 250 Hz" "a corner above Nyquist" --set condition.bandpass=[4,8,60,251]
accepted bandpass "a corner above Nyquist" --set condition.bandpass=[4,8,60,251]
doubted 1 bandpass "up to 250 Hz" "all corners above Nyquist" --set condition.bandpass=[250,260,270,280]
undoubted "corners up to Nyquist" --set condition.bandpass=[4,8,60,250]
finish
