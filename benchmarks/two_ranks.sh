#!/usr/bin/env bash
# Two ranks of one thread on two cores against one rank on one: interleaved pairs of a whole job (headers,
# conditioning, sum, cube; mpirun too). Prints each pair and the median efficiency, t1 / (2 t2).
# usage: two_ranks.sh PSTM SCRATCH [TRACES] [PAIRS] [CORES]      CORES: as taskset has them, two that nothing else uses
set -euo pipefail
pstm=$1 scratch=$2 traces=${3:-6000} pairs=${4:-5} cores=${5:-0,1}
mkdir -p "$scratch"
"$pstm" synth --preset diffractor --noise 0.1 --traces "$traces" --inline 160,25 --crossline 160,25 --time 500,0.004 \
  --out "$scratch/survey" >/dev/null 2>&1

# seconds RANKS: of the whole job
seconds() {
  local from
  rm -f "$scratch"/image.h5*
  from=$(date +%s%N)
  timeout 300 taskset -c "$cores" mpirun -n "$1" --oversubscribe --bind-to none "$pstm" run "$scratch/survey/job.yaml" \
    --quiet --set devices=cpu --set threads=1 --set output.file="$scratch/image.h5" >/dev/null
  awk -v ns=$(($(date +%s%N) - from)) 'BEGIN { printf "%.3f", ns * 1e-9 }'
}
for pair in $(seq "$pairs"); do
  one=$(seconds 1)
  two=$(seconds 2)
  awk -v p=$pair -v a="$one" -v b="$two" \
    'BEGIN { printf "pair %d: one rank %.2f s, two ranks %.2f s, efficiency %.3f\n", p, a, b, a / (2 * b) }'
done | tee "$scratch/pairs.txt"
awk '{ print $NF }' "$scratch/pairs.txt" | sort -n | sed -n "$(((pairs + 1) / 2))s/^/median efficiency /p"
rm -rf "$scratch"
