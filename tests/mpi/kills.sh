#!/usr/bin/env bash
# Kills rank 0, a worker or mpirun at random times of a job of 60 tiles. After each kill h5dump reads the cube
# and the same command goes on; when the job is through, the cube has the bits of an uninterrupted run, the
# journal holds each chunk column once, and no draft is left. Then the job begins anew, until there were
# enough kills. usage: kills.sh PSTM SCRATCH KILLS [SEED [DEVICE]]
source "$(dirname "$0")/../cli/lib.sh"
n_kills=$3
RANDOM=${4:-1}
device=${5:-cpu}
command -v h5dump >/dev/null || { echo "h5dump (hdf5-tools) is missing: skipped"; exit 77; }

check "make a survey" "$pstm" synth --preset diffractor --traces 1500 --noise 0.1 \
  --inline 160,25 --crossline 96,25 --time 50,0.008 --out "$scratch/survey"
cube=$scratch/killed.h5
export PSTM_FAULT=tile:-1:slow # a tile takes 0.05 s and more, so that there is time

# migrate FILE: 3 ranks, with a deadline
migrate() {
  exec timeout --foreground -k 5 $((120 * patience)) mpirun -n 3 --oversubscribe --bind-to none "$pstm" run \
    "$scratch/survey/job.yaml" --quiet --set devices="$device" --set threads=1 --set output.file="$1"
}
uninterrupted() { (migrate "$scratch/base.h5"); }
started_ns=$(date +%s%N)
check "an uninterrupted run" uninterrupted
took_ms=$((($(date +%s%N) - started_ns) / 1000000))

# pid_of WHO LAUNCHER: the process of mpirun, or of rank WHO; nothing if it is not there (yet)
pid_of() {
  local launcher child
  launcher=$(pgrep -P "$2" | head -n 1)
  [ "$1" = mpirun ] && echo "$launcher" && return
  for child in $(pgrep -P "${launcher:-0}"); do
    tr '\0' '\n' 2>/dev/null <"/proc/$child/environ" | grep -qx "OMPI_COMM_WORLD_RANK=$1" && echo "$child" && return
  done
}

# Nothing of a killed run may still be at work: its lock would, rightly, refuse the next.
all_are_gone() {
  local i
  for i in $(seq $((200 * patience))); do
    kill -0 "$@" 2>/dev/null || return 0
    sleep 0.1
  done
  echo "processes of the killed run are still there: $*"
  return 1
}

# one_life WHO AFTER_MS: starts the job, kills WHO; 0: killed, 2: the job was through before, 1: something is wrong
one_life() {
  local launcher pid family status
  (migrate "$cube") >"$scratch/life.txt" 2>&1 &
  launcher=$!
  sleep "$(($2 / 1000)).$(printf %03d $(($2 % 1000)))"
  pid=$(pid_of "$1" $launcher)
  family="$(pgrep -P $launcher) $(pgrep -P "$(pgrep -P $launcher | head -n 1)" 2>/dev/null)"
  if [ -z "$pid" ] || ! kill -9 "$pid" 2>/dev/null; then
    wait $launcher
    status=$?
    [ $status = 0 ] && return 2
    echo "the job ended with $status"
    cat "$scratch/life.txt"
    return 1
  fi
  wait $launcher && return 2 # killed after its work was done
  # shellcheck disable=SC2086
  all_are_gone $family || return 1
  [ ! -e "$cube" ] || h5dump "$cube" >/dev/null
}

chunks() { grep -c '^chunk' "$cube.journal" 2>/dev/null || true; }

the_job_is_right() {
  local once
  once=$(grep '^chunk' "$cube.journal" | cut -d' ' -f2,3 | sort -u | wc -l)
  echo "journal: $(chunks) lines, $once columns"
  [ "$(chunks)" = 60 ] && [ "$once" = 60 ] &&
    "$pstm" compare "$cube" "$scratch/base.h5" --require bit-equal &&
    "$pstm" status --verify "$cube" &&
    [ -z "$(find "$scratch" -name 'killed.h5.traces*')" ]
}
to_the_end() { (migrate "$cube") && the_job_is_right; }

killed=0
whole=0
lives=0
while [ $killed -lt "$n_kills" ] && [ $failed = 0 ] && [ $lives -lt $((6 * n_kills)) ]; do
  who=$(case $((RANDOM % 3)) in 0) echo 0 ;; 1) echo $((1 + RANDOM % 2)) ;; 2) echo mpirun ;; esac)
  after_ms=$(((RANDOM * 32768 + RANDOM) % took_ms))
  lives=$((lives + 1))
  one_life "$who" $after_ms >"$scratch/one.txt" 2>&1
  case $? in
    0)
      killed=$((killed + 1))
      echo "kill $killed: $who after $after_ms ms, $(chunks) of 60 columns in the journal"
      ;;
    2)
      whole=$((whole + 1))
      check "through before it was killed: right" the_job_is_right
      rm -f "$cube"*
      ;;
    *)
      cat "$scratch/one.txt"
      check "life $lives: $who killed after $after_ms ms" false
      ;;
  esac
done
relation() { echo "$1 $2 $3"; [ "$1" "$2" "$3" ]; }
check "$n_kills kills" relation $killed -eq "$n_kills"
check "the same command: to the end, right" to_the_end
finish
