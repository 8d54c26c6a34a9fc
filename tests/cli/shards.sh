#!/usr/bin/env bash
# Shards and merge, status, the time limit, wrong launches. usage: shards.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"

check "make a survey" "$pstm" synth --preset diffractor --traces 1500 --noise 0.1 \
  --inline 52,25 --crossline 45,25 --time 120,0.004 --out "$scratch/survey"
job=$scratch/survey/job.yaml
classes=(--set offsets.first=150 --set offsets.step=300 --set offsets.n=2 --set output.gathers=on)

# migrate NAME OPTION...: into $scratch/NAME.h5
migrate() {
  local name=$1
  shift
  "$pstm" run "$job" --quiet --set output.file="$scratch/$name.h5" "${classes[@]}" "$@"
}
checksum() { "$pstm" status "$scratch/$1.h5" | sed -n 's/^checksum: *//p'; }
equal() {
  "$pstm" compare "$scratch/$1.h5" "$scratch/$2.h5" --require bit-equal &&
    "$pstm" compare --dataset gather "$scratch/$1.h5" "$scratch/$2.h5" --require bit-equal &&
    [ -n "$(checksum "$1")" ] && [ "$(checksum "$1")" = "$(checksum "$2")" ]
}
says() { # WORDS COMMAND...: its output has the words
  local words=$1
  shift
  "$@" | grep -qF -- "$words"
}

check "one run" migrate whole
for i in 1 2 3; do check "shard $i of 3" migrate part$i --shard $i/3; done
check "a shard has its third of 12 tiles" says "4 of 12" "$pstm" status "$scratch/part2.h5"
tiles_once() {
  cat <("$pstm" status --tiles "$scratch/part1.h5") <("$pstm" status --tiles "$scratch/part2.h5") \
    <("$pstm" status --tiles "$scratch/part3.h5") | sort -n | diff - <(seq 0 11)
}
check "each tile is in one shard" tiles_once

# ---- merge ------------------------------------------------------------------------------------------------
check "merge two shards" "$pstm" merge "$scratch/merged.h5" "$scratch"/part[12].h5
check "two thirds are there" says "8 of 12 chunk columns" "$pstm" status "$scratch/merged.h5"
check "merge the third, and one again" "$pstm" merge "$scratch/merged.h5" "$scratch"/part[13].h5
check "bit-equal to one run" equal merged whole
check "all is there" says "12 of 12 chunk columns" "$pstm" status --verify "$scratch/merged.h5"
check "the run goes on from it with nothing to do" migrate merged
check "another job" migrate other --set migrate.weight=none --shard 1/3
refuse 1 "migrate.weight: none in" "a shard of another job" "$pstm" merge "$scratch/m.h5" "$scratch"/{part1,other}.h5
check "no cube is left" test ! -e "$scratch/m.h5"
refuse 1 "migrate.weight: obliquity in" "a cube of another job is not overwritten" "$pstm" merge \
  "$scratch/whole.h5" "$scratch/other.h5"
check "it is untouched" equal merged whole
refuse 1 "both" "a cube into itself" "$pstm" merge "$scratch/part1.h5" "$scratch"/part[12].h5
refuse 2 "nowhere.h5" "a cube that is not there" "$pstm" merge "$scratch/m.h5" "$scratch/nowhere.h5"
refuse 2 "it is no file" "a folder" "$pstm" merge "$scratch/m.h5" "$scratch/survey"
mkfifo "$scratch/pipe"
refuse 2 "it is no file" "a pipe, which holds nobody up" timeout $((20 * patience)) "$pstm" merge "$scratch/m.h5" "$scratch/pipe"
refuse 2 "it is no file" "the status of a pipe" timeout $((20 * patience)) "$pstm" status "$scratch/pipe"
refuse 1 "at least one" "nothing to merge" "$pstm" merge "$scratch/m.h5"
cp "$scratch/part1.h5" "$scratch/lonely.h5"
refuse 2 "no journal" "a cube without its journal" "$pstm" merge "$scratch/m.h5" "$scratch/lonely.h5"

# ---- shards -----------------------------------------------------------------------------------------------
refuse 1 "at most 12" "more shards than tiles" migrate none --shard 1/13
refuse 1 "--shard wants" "shard 0" migrate none --shard 0/3
refuse 1 "--shard wants" "shard 4 of 3" migrate none --shard 4/3
refuse 1 "--shard wants" "a shard in words" migrate none --shard first

# ---- status ---------------------------------------------------------------------------------------------
# flip FILE VALUE_OF_ITS_DATASET...: one bit of a value in a dataset.
flip() {
  /usr/bin/python3 - "$@" <<'PY'
import sys, h5py
path, name, i, j, k = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
f = h5py.File(path, "r")
d = f[name]
at = (i, j, 0, 0) if d.ndim == 4 else (i, j, 0)
chunk = d.id.get_chunk_info_by_coord(at)
offset = chunk.byte_offset + 4 * (((i % 16) * 16 + j % 16) * d.shape[-1] + k)
f.close()
with open(path, "r+b") as b:
    b.seek(offset)
    byte = b.read(1)[0]
    b.seek(offset)
    b.write(bytes([byte ^ 1]))
PY
}
if /usr/bin/python3 -c 'import h5py' 2>/dev/null; then
  for where in "stack 51 44 119" "fold 0 0 0" "gather 17 20 60" "gather_fold 33 5 7"; do
    cp "$scratch/whole.h5" "$scratch/flipped.h5"
    cp "$scratch/whole.h5.journal" "$scratch/flipped.h5.journal"
    set -- $where
    check "flip a bit of $where" flip "$scratch/flipped.h5" $where
    refuse 2 "CHANGED chunk column ($(($2 / 16)), $(($3 / 16)))" "it is found" \
      "$pstm" status --verify "$scratch/flipped.h5"
  done
  refuse 2 "damaged" "a damaged shard is not merged" "$pstm" merge "$scratch/m.h5" "$scratch/flipped.h5"
  check "nothing damaged counts as done" says "0 of 12 chunk columns" "$pstm" status "$scratch/m.h5"
else
  echo "skipped: flipped bits (needs python3-h5py)"
fi
refuse 2 "survey.sgy" "status of a file that is no cube" "$pstm" status "$scratch/survey/survey.sgy"

# ---- the time limit ---------------------------------------------------------------------------------------
slow=(--set devices=reference --set threads=1)
started=$(date +%s.%N)
check "by one go" migrate straight "${slow[@]}"
half_hours=$(echo "$started $(date +%s.%N)" | awk '{ print ($2 - $1) / 2 / 3600 }')
# What one go took, beside other work, may be twice what the next one takes: then half the limit again.
stopped_and_resumed() {
  local code n hours=$half_hours try
  for try in 1 2 3 4; do
    rm -f "$scratch"/slow.h5*
    migrate slow "${slow[@]}" --max-hours "$hours"
    code=$?
    [ $code = 0 ] || break
    hours=$(awk -v h="$hours" 'BEGIN { print h / 2 }')
  done
  n=$("$pstm" status --tiles "$scratch/slow.h5" | wc -l)
  echo "exit code $code with $n of 12 tiles"
  [ $code = 75 ] && [ "$n" -lt 12 ] || return 1
  migrate slow "${slow[@]}"
}
check "stopped by --max-hours, resumed by the same command" stopped_and_resumed
check "bit-equal" equal slow straight
slower=("${slow[@]}" --set grid.time.n=3000) # far more than eight seconds of work
soon() { SLURM_JOB_END_TIME=$(($(date +%s) + 8)) migrate "$@"; }
refuse 75 "stopped in good order" "the end of a Slurm job is kept" soon slurm "${slower[@]}"
refuse 3 "smaller tiles" "a limit that lets nothing be done is no reason to try again" \
  migrate slurm "${slower[@]}" --max-hours 0.00001
late() { SLURM_JOB_END_TIME=1000000000 "$pstm" run "$job" --set output.file="$scratch/late.h5"; }
check "a job that ended long ago does not matter" late
refuse 1 "--max-hours" "no time at all" migrate none --max-hours 0

# ---- wrong launches ---------------------------------------------------------------------------------------
srun_without_pmi() { SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=0 migrate none; }
refuse 1 "--mpi=pmix" "srun without PMI" srun_without_pmi
one_of_many() { SLURM_NTASKS=4 "$pstm" run "$job" --set output.file="$scratch/late.h5"; }
warned() { one_of_many 2>&1 | grep -q "one rank runs in a Slurm job of 4 tasks"; }
check "one rank in a job of many tasks is warned of" warned
# Ranks that play nodes of two kinds.
two_kinds() {
  local run=("$pstm" run "$job" --quiet --set threads=1 --set output.file="$scratch/kinds.h5")
  timeout $((60 * patience)) mpirun --oversubscribe --bind-to none -n 1 -x PSTM_CPU_KERNEL=portable "${run[@]}" : \
    -n 1 -x PSTM_CPU_KERNEL=avx2 "${run[@]}"
}
if grep -qw avx2 /proc/cpuinfo; then
  refuse 1 "with cpu/avx2/" "nodes of two kinds" two_kinds
  check "no cube is begun" test ! -e "$scratch/kinds.h5"
fi
bound() { taskset -c 0 "$pstm" run "$job" --set threads=2 --set output.file="$scratch/bound.h5" 2>&1 | tee "$scratch/said.txt"; }
check "two threads bound to one core" bound
check "are warned of, with the remedy" grep -F "2 threads on 1 core(s): bind the ranks to more cores (mpirun --bind-to none" \
  "$scratch/said.txt"
finish
