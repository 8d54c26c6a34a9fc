#!/usr/bin/env bash
# SIGUSR1 or SIGTERM to any rank, or SIGUSR1 to mpirun, stops a run in good order: exit code 75, the tiles that were
# begun are kept, and the same command ends it with the same bits. usage: signals.sh PSTM SCRATCH
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
finish
