#!/usr/bin/env bash
# The image ends at 0.396 s. usage: velocity_time.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
text=$scratch/v.txt
with=(--set velocity.file="$text")
printf '0 1900\n5 2000\n15.1 2100\n' >"$text"
doubted 2 velocity_time "ends at 15.1 s" "times beyond any record" "${with[@]}"
accepted velocity_time "times beyond any record" "${with[@]}"
printf '0 1900\n5 2000\n14.9 2100\n' >"$text"
undoubted "times of a long record" "${with[@]}"
printf '0 1900\n0.0197 2100\n' >"$text"
doubted 2 velocity_time "ends at 0.0197 s" "times a thousandth of the right ones" "${with[@]}"
printf '0 1900\n0.0199 2100\n' >"$text"
undoubted "a function of the shallow part alone" "${with[@]}"
printf '0 0 0 1900\n0 0 0.4 2000\n475 425 0 1900\n475 425 40 2100\n' >"$text"
doubted 0 velocity_time "1 of its 2 function(s)" "one function of two" "${with[@]}"
finish
