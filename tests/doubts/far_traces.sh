#!/usr/bin/env bash
# usage: far_traces.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
# moved FILE KM: the receivers of traces 31 and 32 moved along y.
moved() {
  patched "$1" "for h in heads[30:32]: put(h, 85, 'i', struct.unpack_from('>i', b, h + 84)[0] + $2 * 100000)"
}
moved "$scratch/far.sgy" 50
doubted 0 far_traces "2 traces lie more than" "two traces with their receivers far away" --set input.segy="$scratch/far.sgy" \
  --set accept=[offset_header]
grep -qF "far.sgy: trace 31 has" "$scratch/out.txt"
result $? "the first is named"
accepted far_traces "two traces with their receivers far away" --set input.segy="$scratch/far.sgy"
moved "$scratch/near.sgy" 4
undoubted "two traces with their receivers less far away" --set input.segy="$scratch/near.sgy"
finish
