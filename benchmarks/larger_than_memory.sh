#!/usr/bin/env bash
# A survey twenty times the memory budget against the same with room for all of it: interleaved pairs of one rank on
# the same trace store, which is dropped from the page cache before each run within the budget, and stays there before
# each run in memory. Prints each pair, the peak memory and the median ratio of the rates of migration, and says whether
# it is 0.8 or more and the memory at most a tenth above the budget (else exit code 1); the two images must have the same
# checksum.
# usage: larger_than_memory.sh PSTM SCRATCH [THREADS] [PAIRS] [BUDGET_MIB] [SIDE]      SIDE: locations on each axis
set -euo pipefail
pstm=$1 scratch=$2 threads=${3:-2} pairs=${4:-5} budget_mib=${5:-140} side=${6:-48}
stride_bytes=$((1792 * 4)) # of a trace of 1,700 samples in the store
files=8 # copies of one, for noise is slow to make
traces=$((20 * budget_mib * 1048576 / stride_bytes / files + 1))
mkdir -p "$scratch"
"$pstm" synth --preset diffractor --noise 0.1 --traces "$traces" --record 1700,0.002 --area 10000,10000 \
  --inline "$side",25 --crossline "$side",25 --time 200,0.002 --out "$scratch/survey" >/dev/null 2>&1
segy=
for i in $(seq "$files"); do
  cp "$scratch/survey/survey.sgy" "$scratch/survey/$i.sgy"
  segy+=,$scratch/survey/$i.sgy
done

# migrate BUDGET TILES [drop]: into image.h5 on the store that is there; prints seconds, peak MiB, checksum.
migrate() {
  local store=$scratch/image.h5.traces.h5
  rm -f "$scratch"/image.h5 "$scratch"/image.h5.journal
  [ "${3:-}" != drop ] || dd of="$store" oflag=nocache conv=notrunc,fdatasync count=0 status=none
  timeout 600 "$pstm" run "$scratch/survey/job.yaml" --set "input.segy=[${segy#,}]" --set "grid.origin=[5000,5000]" \
    --set grid.time.first=1.5 --set migrate.aperture.distance=2000 --set devices=cpu --set threads="$threads" --set memory="$1 MiB" \
    --set target.tiles="$2" --set output.keep_store=on --set output.file="$scratch/image.h5" >"$scratch/log.txt" 2>&1 || {
    tail -n 3 "$scratch/log.txt" >&2
    return 1
  }
  sed -n -e 's/^profile: \([0-9.]*\) s.*/\1/p' -e 's/^memory: at most \([0-9.]*\) MiB.*/\1/p' \
    -e 's/.*image checksum //p' "$scratch/log.txt" | paste -sd ' '
}
migrate 8192 0 >/dev/null # makes the store
store_mib=$(($(stat -c %s "$scratch/image.h5.traces.h5") / 1048576))
echo "trace store $store_mib MiB, budget $budget_mib MiB, $threads thread(s)"
for pair in $(seq "$pairs"); do
  read -r sum_1 large_s large_mib < <(migrate 8192 all)
  read -r sum_2 small_s small_mib < <(migrate "$budget_mib" all drop)
  [ "$sum_1" = "$sum_2" ] || { echo "the images differ: $sum_1, $sum_2"; exit 1; }
  awk -v p="$pair" -v a="$large_s" -v b="$small_s" -v m="$large_mib" -v n="$small_mib" 'BEGIN {
    printf "pair %d: in memory %.2f s (%.0f MiB), within the budget %.2f s (%.0f MiB), rate %.3f\n", p, a, m, b, n, a / b }'
done | tee "$scratch/pairs.txt"
sed -n '/^profile/,/read .* GB/p' "$scratch/log.txt" | sed 's/^/  /'
rate=$(awk '{ print $NF }' "$scratch/pairs.txt" | sort -n | sed -n "$(((pairs + 1) / 2))p")
peak=$(sed 's/.*budget [0-9.]* s (\([0-9]*\) MiB.*/\1/' "$scratch/pairs.txt" | sort -n | tail -n 1)
rm -rf "$scratch"
echo "a survey of $store_mib MiB in $budget_mib MiB: median rate $rate of that in memory (wanted 0.8), at most $peak MiB"
awk -v r="$rate" -v p="$peak" -v b="$budget_mib" 'BEGIN { exit !(r >= 0.8 && p <= 1.1 * b) }'
