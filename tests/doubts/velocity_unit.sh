#!/usr/bin/env bash
# usage: velocity_unit.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
text=$scratch/v.txt
with=(--set velocity.file="$text")
printf '0 4921\n0.2 5100\n0.396 5300\n' >"$text"
doubted 0 velocity_unit "begin with 1499.92 m/s" "feet a second of water" "${with[@]}"
accepted velocity_unit "feet a second of water" "${with[@]}"
undoubted "the same as feet a second" "${with[@]}" --set velocity.units=ft/s
printf '0 4650\n0.2 4700\n0.396 4800\n' >"$text"
undoubted "rock of 4650 m/s" "${with[@]}"
printf '0 1500\n0.2 6000\n0.396 8100\n' >"$text"
doubted 0 velocity_unit "those of rock at most 8000" "rock of 8100 m/s" "${with[@]}" --set accept=[velocity_jump]
doubted 2 velocity_unit "8100 to 8100 m/s" "8100 m/s everywhere" --set velocity.file=off --set velocity.constant=8100
undoubted "shear waves of 105 m/s" --set velocity.file=off --set velocity.constant=105 --set accept=[record_window]
printf '0 1500\n0.2 1800\n0.396 2000\n' >"$text"
doubted 0 velocity_unit "less than that of water" "metres a second as feet" "${with[@]}" --set velocity.units=ft/s
undoubted "metres a second" "${with[@]}"
# Three functions, the second one in feet a second, or slower than its neighbours by less.
three() { printf '0 0 0 1500\n0 0 0.396 1800\n250 200 0 %s\n250 200 0.396 %s\n475 425 0 1600\n475 425 0.396 1900\n' "$@" >"$text"; }
three 4600 5500
doubted 0 velocity_unit "that of line 3 is 2.97 to 2.97 times as fast" "one of three functions in feet a second" "${with[@]}"
accepted velocity_unit "one of three functions in feet a second" "${with[@]}"
three 4200 5000
undoubted "one of three functions 2.7 times as fast" "${with[@]}"
finish
