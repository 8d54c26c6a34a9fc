#!/usr/bin/env bash
# The grid is 475 m x 425 m from (0, 0) on; functions belong to it up to 20 steps of 25 m away.
# usage: velocity_place.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
text=$scratch/v.txt
with=(--set velocity.file="$text")
printf '601000 6077000 0 1900\n602000 6077000 0 2100\n' >"$text"
doubted 2 velocity_place "6106" "functions of another region" "${with[@]}"
accepted velocity_place "functions of another region" "${with[@]}"
refuse 2 "pstm plan: error: [velocity_place] " "pstm plan says it too" "$pstm" plan "$job" "${with[@]}"
printf -- '-501 0 0 1900\n-501 100 0 2100\n' >"$text"
doubted 2 velocity_place "0.501 km" "all functions 501 m away" "${with[@]}"
printf -- '-499 0 0 1900\n-499 100 0 2100\n' >"$text"
undoubted "all functions 499 m away" "${with[@]}"
printf '0 0 0 1900\n475 425 0 2100\n101000 0 0 2000\n' >"$text"
doubted 0 velocity_place "1 of its 3 functions" "one function 100.5 km away" "${with[@]}"
printf '0 0 0 1900\n475 425 0 2100\n100000 0 0 2000\n' >"$text"
undoubted "one function 99.5 km away" "${with[@]}"
labels=(--set grid.origin="[606000, 6077000]" --set grid.inline.first=301 --set grid.crossline.first=501)
printf '301 501 0 1900\n320 518 0 2100\n' >"$text"
doubted 2 velocity_place "as inline and crossline numbers they span 100 %" "inline and crossline numbers" "${with[@]}" "${labels[@]}"
printf '6077000 606000 0 1900\n6077425 606475 0 2100\n' >"$text"
doubted 2 velocity_place "as y and x they span 100 %" "y before x" "${with[@]}" "${labels[@]}"
printf '601000 6077000 0 1900\n' >"$text"
undoubted "one function alone holds everywhere" "${with[@]}"
finish
