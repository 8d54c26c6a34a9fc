#!/usr/bin/env bash
# usage: loud_traces.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
# louder FILE FACTOR: trace 18 and 19 of the survey times so much as makes their rms this factor of the median.
louder() {
  patched "$1" "rms = lambda h: (sum(v * v for v in struct.unpack_from('>%df' % ns, b, h + 240)) / ns) ** 0.5
median = sorted(map(rms, heads))[n // 2]
for h in heads[17:19]:
  k = $2 * median / rms(h)
  struct.pack_into('>%df' % ns, b, h + 240, *(v * k for v in struct.unpack_from('>%df' % ns, b, h + 240)))"
}
louder "$scratch/loud.sgy" 400
doubted 0 loud_traces "2 of 400 traces" "two traces 400 times as loud" --set input.segy="$scratch/loud.sgy"
grep -qF "trace 18 has" "$scratch/out.txt"
result $? "the first is named"
accepted loud_traces "two traces 400 times as loud" --set input.segy="$scratch/loud.sgy"
louder "$scratch/absurd.sgy" 1e20
doubted 0 loud_traces "2 of 400 traces" "two traces 1e20 times as loud" --set input.segy="$scratch/absurd.sgy"
louder "$scratch/near.sgy" 250
undoubted "two traces 250 times as loud" --set input.segy="$scratch/near.sgy"
finish
