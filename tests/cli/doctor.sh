#!/usr/bin/env bash
# pstm doctor: what it says, what it leaves behind, wrong calls and wrong bindings. usage: doctor.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
mkdir -p "$scratch/folder"

# examined COMMAND...: it may find something wrong here (3), but must have got to its end.
examined() {
  local code=0
  "$@" >"$scratch/doctor.txt" 2>&1 || code=$?
  cat "$scratch/doctor.txt"
  [ $code = 0 ] || [ $code = 3 ] || return 1
  grep -Eq '^nothing wrong was found$|^[1-9][0-9]* thing\(s\) wrong:$' "$scratch/doctor.txt"
}
# says PATTERN: of the last one examined.
says() { grep -E -- "$1" "$scratch/doctor.txt"; }

check "one rank" examined "$pstm" doctor "$scratch/folder" --mib 8
check "a cube's rate against a plain file's" says '^ +cube +[0-9]+\.[0-9]+ GB/s by rank 0, [0-9.]+ of plain$'
check "locks" says 'locks work$'
check "the CPU device" says '^cpu +[a-z0-9]+: '
check "three ranks" examined ranks 3 "$pstm" doctor "$scratch/folder" --mib 4
check "the rate of all" says 'cube +[0-9.]+ GB/s by 3 ranks$'
check "nothing is left behind" test -z "$(ls -A "$scratch/folder")"

check "two threads on one core" examined taskset -c 0 "$pstm" doctor "$scratch/folder" --mib 2 --threads 2
check "are found, with a remedy" says '^- rank 0 on .*2 threads on 1 core.*--bind-to none'
check "memory as a disk" examined "$pstm" doctor /dev/shm --mib 2
check "is found" says '^- /dev/shm is memory'

refuse 3 "cannot make a folder" "a folder that is not there" "$pstm" doctor "$scratch/nowhere"
refuse 1 "--mib wants 2 or more" "too small a file" "$pstm" doctor "$scratch/folder" --mib 1
refuse 1 "one folder is wanted" "two folders" "$pstm" doctor "$scratch/folder" "$scratch/folder"
finish
