#!/usr/bin/env bash
# usage: velocity_jump.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
text=$scratch/v.txt
with=(--set velocity.file="$text")
printf '0 1900\n0.1 2400\n0.2 1200\n0.396 2000\n' >"$text"
doubted 2 velocity_jump "from 2400 m/s at 0.1 s to 1200 m/s at 0.2 s" "interval velocities that fall" "${with[@]}"
accepted velocity_jump "interval velocities that fall" "${with[@]}"
printf '0 1900\n0.1 2400\n0.2 1700\n0.396 2000\n' >"$text"
undoubted "rms velocities that fall" "${with[@]}"
printf '0 1900\n0.1 1900\n0.101 2500\n0.396 2500\n' >"$text"
doubted 2 velocity_jump "that no rock has" "interval velocities in steps" "${with[@]}"
printf '0 1900\n0.05 1950\n0.1 2400\n0.2 1200\n0.25 1400\n0.3 1600\n0.396 1700\n' >"$text"
doubted 0 velocity_jump "1 of 6 steps" "one bad pick" "${with[@]}"
finish
