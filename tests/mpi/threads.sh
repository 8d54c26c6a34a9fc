#!/usr/bin/env bash
# Whole runs under ThreadSanitizer (preset tsan): two ranks of two workers each, with their reader threads, lanes,
# timelines, mailbox, stops and faults. One OpenMP thread a worker, since gcc's libgomp tells the sanitizer nothing.
# usage: threads.sh PSTM SCRATCH
source "$(dirname "$0")/../cli/lib.sh"
# MPI, HDF5 and their helpers are not instrumented: what they do among themselves is not judged.
export TSAN_OPTIONS="ignore_noninstrumented_modules=1 exitcode=66" PSTM_PARANOID_UNITS=2

check "make a survey" "$pstm" synth --preset diffractor --traces 1500 --noise 0.1 --record 1500,0.002 \
  --inline 52,25 --crossline 45,25 --time 60,0.008 --out "$scratch/survey"

# migrate RANKS NAME OPTION...: with a deadline; a report of the sanitizer fails it, wherever it comes from.
migrate() {
  local n=$1 name=$2 status
  shift 2
  timeout $((120 * patience)) mpirun -n "$n" --oversubscribe --bind-to none "$pstm" run "$scratch/survey/job.yaml" --quiet \
    --set devices=paranoid --set threads=1 --set output.timeline=on --set output.file="$scratch/$name.h5" "$@" \
    >"$scratch/said.txt" 2>&1
  status=$?
  cat "$scratch/said.txt"
  ! grep -q 'ThreadSanitizer' "$scratch/said.txt" || return 66
  return $status
}
same() { "$pstm" compare "$scratch/$1.h5" "$scratch/one.h5" --require bit-equal; }

check "one rank" migrate 1 one
check "two ranks" migrate 2 two
check "two ranks: bit-equal" same two
# With the little memory that refusals advise: for the headers, then for the job. A sanitizer's own memory differs
# more from run to run than the advice allows for; that it suffices otherwise is in memory.sh.
in_little_memory() {
  local mib=1
  for _ in 1 2 3 4 5 6; do
    migrate 2 small --set memory="$mib MiB" && return
    mib=$(grep -o 'at least [0-9]* MiB' "$scratch/said.txt" | tr -dc '0-9')
    [ -n "$mib" ] || return 1
  done
  return 1
}
check "leaves that come and go" in_little_memory
check "leaves that come and go: bit-equal" same small
PSTM_FAULT=rank:1:tile:-1:error check "workers that fail" migrate 2 failed
check "workers that fail: bit-equal" same failed
stopped() { PSTM_FAULT=tile:-1:slow migrate 2 stopped --max-hours 0.0003; }
refuse 75 "stopped in good order" "a run that is stopped" stopped
check "and goes on" migrate 2 stopped
check "a run that was stopped: bit-equal" same stopped
finish
