#!/usr/bin/env bash
# Each rank keeps to its memory budget (+10 %) on a survey whose traces are more than four times the budget,
# and the image is that of a large budget. usage: memory.sh PSTM SCRATCH
source "$(dirname "$0")/../cli/lib.sh"
budget_mib=160
traces=100000 # of 1,700 samples: 1,792 floats each in the trace store, 680 MiB

check "make a survey" "$pstm" synth --preset diffractor --traces $traces --record 1700,0.002 \
  --inline 20,25 --crossline 20,25 --time 100,0.008 --out "$scratch/survey"
job=$scratch/survey/job.yaml

within_budget() {
  ranks 2 "$pstm" run "$job" --set memory="$budget_mib MiB" --set threads=1 --set output.keep_store=on \
    --set output.file="$scratch/small.h5" 2>&1 | tee "$scratch/log.txt"
  local store_mib peak_mib
  store_mib=$(($(stat -c %s "$scratch/small.h5.traces.h5") / 1048576))
  peak_mib=$(sed -n 's/^memory: at most \([0-9]*\)\..*/\1/p' "$scratch/log.txt")
  echo "trace store $store_mib MiB, peak $peak_mib MiB, budget $budget_mib MiB"
  [ "$store_mib" -ge $((4 * budget_mib)) ] && [ "$peak_mib" -le $((budget_mib * 11 / 10)) ]
}
check "two ranks keep to $budget_mib MiB" within_budget
check "one rank with 4 GiB" "$pstm" run "$job" --quiet --set memory="4 GiB" --set output.file="$scratch/large.h5"
check "bit-equal" "$pstm" compare "$scratch/small.h5" "$scratch/large.h5" --require bit-equal

# Headers: rank 0 holds those of all traces once (and what orders them), never twice.
rm -rf "$scratch"/small.h5* "$scratch"/large.h5* "$scratch/survey"
check "make a survey of many short traces" "$pstm" synth --preset diffractor --traces 1000000 --noise 0.1 \
  --record 40,0.008 --inline 16,25 --crossline 16,25 --time 40,0.008 --out "$scratch/survey"
headers_within_budget() {
  "$pstm" run "$job" --set memory="$1 MiB" --set threads=2 --set output.file="$scratch/many.h5" 2>&1 |
    tee "$scratch/log.txt"
  local peak_mib
  peak_mib=$(sed -n 's/^memory: at most \([0-9]*\)\..*/\1/p' "$scratch/log.txt")
  [ -n "$peak_mib" ] && [ "$peak_mib" -le $(($1 * 11 / 10)) ]
}
check "a million headers in 145 MiB" headers_within_budget 145
rm -f "$scratch"/many.h5*
refuse 1 "for the headers of 1000000 traces" "a million headers in 100 MiB" "$pstm" run "$job" --quiet \
  --set memory="100 MiB" --set output.file="$scratch/many.h5"
finish
