#!/usr/bin/env bash
# Each rank keeps to its memory budget (+10 %) on a survey whose traces are more than four times the budget,
# and the image is that of a large budget. usage: memory.sh PSTM SCRATCH
source "$(dirname "$0")/../cli/lib.sh"
budget_mib=160
traces=100000 # of 1,700 samples: 1,792 floats each in the trace store, 680 MiB

# A refusal names a `memory` that suffices, though no two runs have the same resident size.
check "make a small survey" "$pstm" synth --preset diffractor --traces 1500 --record 1500,0.002 \
  --inline 20,25 --crossline 18,25 --time 3000,0.001 --out "$scratch/little"
# little MIB: succeeds when the run does; what a refusal says is in log.txt, and the number it names in $advised.
little() {
  rm -f "$scratch"/little.h5*
  ranks 2 "$pstm" run "$scratch/little/job.yaml" --quiet --set threads=1 --set memory="$1 MiB" \
    --set output.file="$scratch/little.h5" >"$scratch/log.txt" 2>&1 && return
  cat "$scratch/log.txt"
  advised=$(grep -o 'at least [0-9]* MiB' "$scratch/log.txt" | tr -dc '0-9')
  return 1
}
follow_the_advice() {
  ! little 1 && grep -q "part of the headers" "$scratch/log.txt" || return 1
  ! little "$advised" && grep -q "this job needs" "$scratch/log.txt" || return 1
  little "$advised" && little $((advised - 1)) # with room for the difference between two runs
}
check "the memory that a refusal names suffices" follow_the_advice
rm -rf "$scratch"/little*

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

# Headers: of a million, 76 MiB and 8 more for the count of repeated traces, a rank holds those of its leaves, and for a while what it has read too.
rm -rf "$scratch"/small.h5* "$scratch"/large.h5* "$scratch/survey"
check "make a survey of many short traces" "$pstm" synth --preset diffractor --traces 1000000 --noise 0.1 \
  --record 40,0.008 --inline 16,25 --crossline 16,25 --time 40,0.008 --out "$scratch/survey"
# headers_within RANKS MIB THREADS
headers_within() {
  ranks "$1" "$pstm" run "$job" --set memory="$2 MiB" --set threads="$3" --set output.file="$scratch/many$1.h5" 2>&1 |
    tee "$scratch/log.txt"
  local peak_mib
  peak_mib=$(sed -n 's/^memory: at most \([0-9]*\)\..*/\1/p' "$scratch/log.txt")
  [ -n "$peak_mib" ] && [ "$peak_mib" -le $(($2 * 11 / 10)) ]
}
check "a million headers on one rank in 120 MiB" headers_within 1 120 1
check "a million headers on 4 ranks in 65 MiB each" headers_within 4 65 1
check "bit-equal" "$pstm" compare "$scratch/many4.h5" "$scratch/many1.h5" --require bit-equal
rm -f "$scratch"/many*.h5*
check "a million headers on one rank of 16 threads in 120 MiB" headers_within 1 120 16
rm -f "$scratch"/many*.h5*
refuse 1 "part of the headers of 1000000 traces" "a million headers on one rank in 65 MiB" "$pstm" run "$job" \
  --quiet --set memory="65 MiB" --set output.file="$scratch/many.h5"

# More traces than an int counts, in a file with nothing but holes between its first trace and the last.
sparse=$scratch/survey/sparse.sgy
n_traces=2200000000
make_sparse() {
  local trace_bytes=$((240 + 4 * 40))
  head -c $((3600 + trace_bytes)) "$scratch/survey/survey.sgy" >"$sparse" &&
    truncate -s $((3600 + (n_traces - 1) * trace_bytes)) "$sparse" &&
    head -c $((3600 + trace_bytes)) "$sparse" | tail -c $trace_bytes >>"$sparse"
}
if make_sparse 2>/dev/null; then
  refuse 1 "part of the headers of $n_traces traces" "a file of 820 GiB is refused for memory alone" \
    "$pstm" run "$job" --quiet --set memory="1 GiB" --set input.segy="$sparse" \
    --set output.file="$scratch/many.h5"
  # Nothing but holes behind the first trace: padding, which is not read whole.
  truncate -s $((3600 + 240 + 4 * 40)) "$sparse" && truncate -s $((3600 + n_traces * (240 + 4 * 40))) "$sparse"
  refuse 2 "[tail]" "820 GiB of zeros are told within seconds" timeout $((60 * patience)) "$pstm" plan "$job" \
    --set input.segy="$sparse"
else
  echo "skipped: no file of $n_traces traces on this file system"
fi
finish
