#!/usr/bin/env bash
# Any number of ranks makes the same trace store and the same list of dropped traces, out of several files with traces
# that are no seismic ones or hold nothing but zeros; and the list is in the order of the files.
# usage: headers.sh PSTM SCRATCH
source "$(dirname "$0")/../cli/lib.sh"

# survey NAME TRACES SEED
survey() {
  "$pstm" synth --preset diffractor --traces "$2" --seed "$3" --noise 0.1 --dead 0.1 --record 60,0.004 \
    --inline 16,25 --crossline 16,25 --time 60,0.004 --out "$scratch/$1"
}
check "make three files" survey a 9000 1
check "the second" survey b 300 2
check "the third" survey c 5000 3
job=$scratch/a/job.yaml
files="[$scratch/c/survey.sgy,$scratch/a/survey.sgy,$scratch/b/survey.sgy]"

# store RANKS: makes N.h5 with its store; N.txt is what the store holds: its header with the digest of the rows, and
# traces and leaves as other programs see them.
store() {
  ranks "$1" "$pstm" run "$job" --quiet --set input.segy="$files" --set threads=1 --set output.keep_store=on \
    --set output.file="$scratch/$1.h5" &&
    head -c 512 "$scratch/$1.h5.traces.h5" >"$scratch/$1.txt" &&
    h5dump -d /trace -d /leaf "$scratch/$1.h5.traces.h5" | tail -n +2 >>"$scratch/$1.txt"
}
is_the_same() { cmp "$scratch/$1.txt" "$scratch/1.txt" && cmp "$scratch/$1.h5.dropped.txt" "$scratch/1.h5.dropped.txt"; }

check "one rank" store 1
for n in 2 3 4; do
  check "$n ranks" store $n
  check "$n ranks: the same store and list" is_the_same $n
done

# What the list must be: about a tenth of all, and by file, in the order of input.segy, then number.
listed() {
  grep -v '^#' "$scratch/4.h5.dropped.txt" |
    awk '{ if (!($1 in file)) file[$1] = ++n; print file[$1], $2 }' >"$scratch/listed.txt"
  sort -n -k 1,1 -k 2,2 "$scratch/listed.txt" | cmp - "$scratch/listed.txt" || return 1
  head -n 2 "$scratch/4.h5.dropped.txt" | tail -n 1 | grep -q '/c/survey.sgy' || return 1
  grep -q 'all samples are zero' "$scratch/4.h5.dropped.txt" || return 1
  grep -q 'not a live seismic trace' "$scratch/4.h5.dropped.txt" || return 1
  local n
  n=$(wc -l <"$scratch/listed.txt")
  echo "$n dropped of 14300"
  [ "$n" -ge 1200 ] && [ "$n" -le 1700 ] && [ "$(cut -d ' ' -f 1 "$scratch/listed.txt" | uniq | wc -l)" = 3 ]
}
check "the list is in the order of the files" listed
# Headers are read by blocks of 4,096 traces, in any order: of several bad ones the first is told.
spoil() {
  python3 - "$scratch/a/survey.sgy" "$scratch/bad.sgy" <<'PYTHON'
import struct, sys
b = bytearray(open(sys.argv[1], 'rb').read())
for number in (8500, 4200, 10):
    at = 3600 + number * (240 + 60 * 4)
    b[at + 70:at + 72] = struct.pack('>h', 12345)
open(sys.argv[2], 'wb').write(b)
PYTHON
}
check "spoil three headers" spoil
for threads in 1 2 3 8; do
  refuse 2 "trace 11, byte 71: coordinate scalar" "the first bad header is told with $threads thread(s)" "$pstm" run "$job" \
    --quiet --set input.segy="$scratch/bad.sgy" --set threads=$threads --set output.file="$scratch/bad.h5"
done
finish
