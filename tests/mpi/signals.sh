#!/usr/bin/env bash
# SIGUSR1 or SIGTERM to any rank, or SIGUSR1 to mpirun, stops a run in good order: exit code 75, the tiles that were
# begun are kept, and the same command ends it with the same bits. So does SIGINT, which says so; traces that are being
# conditioned are left. usage: signals.sh PSTM SCRATCH
source "$(dirname "$0")/../cli/lib.sh"

check "make a survey" "$pstm" synth --preset diffractor --traces 1500 --noise 0.1 \
  --inline 160,25 --crossline 96,25 --time 50,0.008 --out "$scratch/survey"
export PSTM_FAULT=tile:-1:slow # 60 tiles of 0.05 s and more on 3 ranks: a second and more

migrate() { # NAME
  exec timeout --foreground -k 5 $((90 * patience)) mpirun -n 3 --oversubscribe --bind-to none "$pstm" run "$scratch/survey/job.yaml" \
    --quiet --set devices=cpu --set threads=1 --set output.file="$scratch/$1.h5"
}
to_the_end() { (migrate "$1"); }
tiles() { "$pstm" status --tiles "$scratch/$1.h5" 2>/dev/null | wc -l; }
same() { "$pstm" compare "$scratch/$1.h5" "$scratch/base.h5" --require bit-equal; }

# pid_of WHO LAUNCHER: of mpirun, or of rank WHO
pid_of() {
  local launcher child
  launcher=$(pgrep -P "$2" | head -n 1)
  [ "$1" = mpirun ] && echo "$launcher" && return
  for child in $(pgrep -P "${launcher:-0}"); do
    tr '\0' '\n' 2>/dev/null <"/proc/$child/environ" | grep -qx "OMPI_COMM_WORLD_RANK=$1" && echo "$child" && return
  done
}

# stops NAME SIGNAL WHO: sends it when the first tile is in the journal
stops() {
  local launcher pid code i
  (migrate "$1") >"$scratch/said.txt" 2>&1 &
  launcher=$!
  for i in $(seq $((600 * patience))); do
    grep -q '^chunk' "$scratch/$1.h5.journal" 2>/dev/null && break
    sleep 0.05
  done
  pid=$(pid_of "$3" $launcher)
  kill "-$2" "$pid"
  wait $launcher
  code=$?
  echo "exit code $code, $(tiles "$1") of 60 tiles"
  cat "$scratch/said.txt"
  [ $code = 75 ] && [ "$(tiles "$1")" -gt 0 ] && [ "$(tiles "$1")" -lt 60 ] &&
    grep -q "stopped in good order with" "$scratch/said.txt"
}

check "no signal" to_the_end base
for how in "USR1 0" "USR1 2" "USR1 mpirun" "TERM 0" "TERM 1"; do
  name=${how/ /_}
  check "$how: stopped" stops "$name" $how
  check "$how: the same command goes on" to_the_end "$name"
  check "$how: bit-equal" same "$name"
done

# ---- one process, as a user starts it ------------------------------------------------------------------------
# alone NAME: in its place in this shell, so that its number is known
alone() {
  exec timeout --foreground -k 5 $((200 * patience)) "$pstm" run "$scratch/survey/job.yaml" --set devices=cpu --set threads=1 \
    --set output.file="$scratch/$1.h5"
}
# once NAME PATTERN: waits until the run says so
once() {
  local i
  for i in $(seq $((1200 * patience))); do
    grep -q "$2" "$scratch/$1.txt" && return
    sleep 0.05
  done
  return 1
}
# interrupted NAME PATTERN SIGNAL...: sends the signals when the run has said so; its exit code
interrupted() {
  local launcher name=$1 pattern=$2 code
  shift 2
  (alone "$name") >"$scratch/$name.txt" 2>&1 &
  launcher=$!
  once "$name" "$pattern"
  while [ $# -gt 0 ]; do
    kill "-$1" "$(pgrep -P $launcher)"
    shift
    [ $# = 0 ] || once "$name" "once more ends it at once"
  done
  wait $launcher
  code=$?
  cat "$scratch/$name.txt"
  return $code
}
refuse 75 "The same command goes on" "INT" interrupted int "%  tiles " INT
check "INT: it says how far it is" grep "stopped in good order with" "$scratch/int.txt"
check "INT: the same command goes on" to_the_end int
check "INT: bit-equal" same int
refuse 130 "once more ends it at once" "INT twice" interrupted twice "%  tiles " INT INT
check "INT twice: the same command goes on" to_the_end twice
check "INT twice: bit-equal" same twice

# ---- while traces are conditioned ----------------------------------------------------------------------------
check "make many traces" "$pstm" synth --preset diffractor --traces 60000 --inline 16,25 --crossline 16,25 \
  --time 1000,0.004 --out "$scratch/survey" --overwrite
for signal in USR1 TERM INT; do
  refuse 75 "stopped while traces were conditioned; the same command conditions them anew" "$signal while conditioning" \
    interrupted early_$signal "^conditioning 60000 traces" $signal
done
finish
