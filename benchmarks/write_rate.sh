#!/usr/bin/env bash
# The cube's writer against `dd conv=fsync` on the same disk: interleaved rounds of files of the same size, made, written
# and synced. Prints each round and the median ratio. usage: write_rate.sh PSTM FOLDER [MIB] [ROUNDS]
set -euo pipefail
pstm=$1 folder=$2 mib=${3:-1024} rounds=${4:-5}
mkdir -p "$folder"
scratch=$(mktemp -d "$folder/write_rate.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
head -c 8388608 /dev/urandom >"$scratch/values" # no zeros, which some file systems do not store
for ((i = 8; i < mib; i += 8)); do printf '%s\n' "$scratch/values"; done | xargs cat "$scratch/values" >"$scratch/source"
for round in $(seq "$rounds"); do
  rm -f "$scratch/file"
  from=$(date +%s%N)
  dd if="$scratch/source" of="$scratch/file" bs=1M conv=fsync status=none
  dd_s=$(awk -v ns=$(($(date +%s%N) - from)) 'BEGIN { print ns * 1e-9 }')
  rm -f "$scratch/file"
  cube=$({ "$pstm" doctor "$scratch" --mib "$mib" || true; } | sed -n 's/^ *cube *\([0-9.]*\) GB.s by rank 0.*/\1/p')
  awk -v r="$round" -v mib="$mib" -v s="$dd_s" -v cube="$cube" 'BEGIN { dd = mib * 1048576e-9 / s
    printf "round %d: dd %.3f GB/s, cube %.3f GB/s, ratio %.3f\n", r, dd, cube, cube / dd }'
done | tee "$scratch/rounds.txt"
awk '{ print $NF }' "$scratch/rounds.txt" | sort -n | sed -n "$(((rounds + 1) / 2))s/^/median ratio /p"
