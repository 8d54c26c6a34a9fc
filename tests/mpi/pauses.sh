#!/usr/bin/env bash
# A pause of the whole job (scontrol suspend), or of rank 0 alone, that is longer than a worker may be silent: nobody is
# taken for lost, and the image is the same. usage: pauses.sh PSTM SCRATCH
source "$(dirname "$0")/../cli/lib.sh"
export PSTM_SILENCE_S=2
pause_s=5

check "make a survey" "$pstm" synth --preset diffractor --traces 1500 --noise 0.1 \
  --inline 160,25 --crossline 96,25 --time 50,0.008 --out "$scratch/survey"
export PSTM_FAULT=tile:-1:slow # 60 tiles of 0.05 s and more on 3 ranks: a second and more

migrate() { # NAME
  exec timeout --foreground -k 5 $((200 * patience)) mpirun -n 3 --oversubscribe --bind-to none "$pstm" run "$scratch/survey/job.yaml" \
    --set devices=cpu --set threads=1 --set output.file="$scratch/$1.h5"
}
# ranks_of LAUNCHER [RANK]: the processes of all ranks, or of one
ranks_of() {
  local child
  for child in $(pgrep -P "$(pgrep -P "$1" | head -n 1)"); do
    tr '\0' '\n' 2>/dev/null <"/proc/$child/environ" | grep -qx "OMPI_COMM_WORLD_RANK=${2:-[0-9]*}" && echo "$child"
  done
}
# paused NAME [RANK]: stopped when the first tile is in the journal, and continued later
paused() {
  local launcher code i
  (migrate "$1") >"$scratch/said.txt" 2>&1 &
  launcher=$!
  for i in $(seq $((1200 * patience))); do
    grep -q '^chunk' "$scratch/$1.h5.journal" 2>/dev/null && break
    sleep 0.05
  done
  # shellcheck disable=SC2046
  kill -STOP $(ranks_of $launcher "${2:-}")
  sleep $pause_s
  # shellcheck disable=SC2046
  kill -CONT $(ranks_of $launcher "${2:-}")
  wait $launcher
  code=$?
  cat "$scratch/said.txt"
  [ $code = 0 ] && grep -q "rank 0 was paused for [0-9]* s, or the whole job was" "$scratch/said.txt" &&
    ! grep -E "left out|do not answer|no progress" "$scratch/said.txt"
}
uninterrupted() { (migrate base); }
same() { "$pstm" compare "$scratch/$1.h5" "$scratch/base.h5" --require bit-equal; }

check "no pause" uninterrupted
check "all ranks are paused" paused all
check "all ranks are paused: bit-equal" same all
check "rank 0 is paused" paused rank0 0
check "rank 0 is paused: bit-equal" same rank0
finish
