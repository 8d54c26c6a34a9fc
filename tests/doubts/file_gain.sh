#!/usr/bin/env bash
# usage: file_gain.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
# scaled FILE FACTOR: the second half of the survey, its samples times a factor; first.sgy has the first half.
scaled() {
  patched "$1" "b[3600:] = b[heads[n // 2]:]
for at in range(3600 + 240, len(b), t):
  s = struct.unpack_from('>%df' % ns, b, at)
  struct.pack_into('>%df' % ns, b, at, *(v * $2 for v in s))"
}
patched "$scratch/first.sgy" 'del b[heads[n // 2]:]'
scaled "$scratch/loud.sgy" 130
doubted 0 file_gain "times louder" "a file 130 times louder" --set input.segy="[$scratch/first.sgy, $scratch/loud.sgy]"
grep -qF "[file_gain] $scratch/loud.sgy: " "$scratch/out.txt"
result $? "the file is named"
accepted file_gain "a file 130 times louder" --set input.segy="[$scratch/first.sgy, $scratch/loud.sgy]"
scaled "$scratch/quiet.sgy" 1e-9
doubted 0 file_gain "times quieter" "a file 1e9 times quieter" --set input.segy="[$scratch/first.sgy, $scratch/quiet.sgy]"
scaled "$scratch/near.sgy" 75
undoubted "a file 75 times louder" --set input.segy="[$scratch/first.sgy, $scratch/near.sgy]"
undoubted "a file 130 times louder under an AGC" --set input.segy="[$scratch/first.sgy, $scratch/loud.sgy]" \
  --set condition.agc=0.1
check "two ranks find the same" bash -c "mpirun -n 2 --oversubscribe --bind-to none '$pstm' run '$job' --quiet --set output.file='$scratch/two.h5' \
  --set input.segy='[$scratch/first.sgy, $scratch/loud.sgy]' 2>&1 | grep -qF '[file_gain] $scratch/loud.sgy'"
finish
