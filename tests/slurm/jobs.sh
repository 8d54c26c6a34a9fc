#!/usr/bin/env bash
# The job scripts, unchanged, on a real Slurm of one node: to the end, through a stop and a requeue, as an array
# with a merge, and the validation. usage: jobs.sh PSTM SCRATCH JOBSCRIPTS
source "$(dirname "$0")/../cli/lib.sh"
source "$(dirname "$0")/node.sh"
scripts=$3
slurm_can_run || exit 77
trap 'slurm_stop "$scratch/slurm"; rm -rf "$scratch"' EXIT
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 PSTM=$pstm
DEADLINE_S=$((60 * patience)) # of each wait; a job takes a few seconds

check "make a survey" "$pstm" synth --preset diffractor --traces 1500 --noise 0.1 \
  --inline 52,25 --crossline 45,25 --time 150,0.004 --out "$scratch/survey"
job=$scratch/survey/job.yaml
slow=(--set devices=reference --set threads=1) # long enough to be stopped half-way
check "start Slurm" slurm_start "$scratch/slurm" RequeueExit=75
check "migrate without Slurm" "$pstm" run "$job" --quiet --set output.file="$scratch/whole.h5"
check "and slowly" "$pstm" run "$job" --quiet --set devices=reference --set output.file="$scratch/slow.h5"

# submit SBATCH_OPTION... SCRIPT ARGUMENT...: prints the job's number
submit() { timeout $((30 * patience)) sbatch --parsable --time=10 --mem=600 --output="$scratch/job-%j.out" "$@"; }
states() { timeout $((30 * patience)) scontrol -o show job "$1" | sed -n 's/.*JobState=\([A-Z_]*\).*/\1/p' | sort -u | paste -sd' '; }

# ends JOB STATE: waits until the job, and each task of an array, is in this state.
ends() {
  local until=$((SECONDS + DEADLINE_S)) state
  while [ $SECONDS -lt $until ]; do
    state=$(states "$1")
    case $state in
      "$2") return 0 ;;
      *PENDING* | *RUNNING* | *COMPLETING* | *REQUEUED* | *CONFIGURING* | "") sleep 0.3 ;;
      *) break ;;
    esac
  done
  tail -n 3 "$scratch"/job-*.out
  echo "job $1 is $state, not $2"
  return 1
}
# completes SBATCH_OPTION... SCRIPT ARGUMENT...
completes() { local id && id=$(submit "$@") && ends "$id" COMPLETED; }
equal() { "$pstm" compare "$scratch/$1.h5" "$scratch/$2.h5" --require bit-equal; }
restarts() { timeout $((30 * patience)) scontrol -o show job "$1" | sed -n 's/.* Restarts=\([0-9]*\).*/\1/p' | sort -n | tail -n 1; }
two=(--ntasks-per-node=2 --cpus-per-task=1)

# ---- to the end -------------------------------------------------------------------------------------------
check "slurm_cpu.sh with mpirun" completes "${two[@]}" "$scripts/slurm_cpu.sh" "$job" --set output.file="$scratch/mpirun.h5"
check "bit-equal" equal mpirun whole
check "two ranks of one thread, and their share of the job's memory" \
  grep -q '^2 rank(s) of 1 thread(s), .*, 0.3 GiB a rank' "$scratch"/job-*.out
export PSTM_LAUNCHER=srun
check "slurm_cpu.sh with srun" completes "${two[@]}" "$scripts/slurm_cpu.sh" "$job" --set output.file="$scratch/srun.h5"
check "bit-equal" equal srun whole
unset PSTM_LAUNCHER
check "slurm_gpu.sh (GPUs in name only, so on the CPU)" completes "${two[@]}" --gpus-per-node=2 \
  "$scripts/slurm_gpu.sh" "$job" --set devices=cpu --set output.file="$scratch/gpu.h5"
check "bit-equal" equal gpu whole
refused_gpus() {
  local id && id=$(submit "${two[@]}" --gpus-per-node=1 "$scripts/slurm_gpu.sh" "$job") && ends "$id" FAILED &&
    grep "2 ranks on a node of 1 GPUs" "$scratch/job-$id.out"
}
check "slurm_gpu.sh refuses two ranks on one GPU" refused_gpus
refuse 1 "srun --mpi=pmix" "srun without PMI says what to do" timeout $((60 * patience)) srun --ntasks=2 "$pstm" run "$job" \
  --set output.file="$scratch/none.h5"

# ---- the time limit -----------------------------------------------------------------------------------------
# What Slurm sends before the time limit (--signal=B:USR1@300), sent when the first tiles are begun: they are
# finished, the others are left.
# stop JOB CUBE
stop() {
  local until=$((SECONDS + DEADLINE_S))
  until [ -e "$2.journal" ]; do
    [ $SECONDS -lt $until ] || { echo "no tile is begun in time"; tail -n 20 "$scratch"/job-*.out; return 1; }
    sleep 0.05
  done
  timeout $((30 * patience)) scancel --signal=USR1 --batch "$1"
}
# stopped_and_requeued NAME
stopped_and_requeued() {
  local id
  id=$(submit "${two[@]}" "$scripts/slurm_cpu.sh" "$job" "${slow[@]}" --set output.file="$scratch/$1.h5") || return 1
  stop "$id" "$scratch/$1.h5" && ends "$id" COMPLETED || return 1
  echo "restarts: $(restarts "$id")"
  [ "$(restarts "$id")" = 1 ] && grep "stopped in good order with" "$scratch/job-$id.out" &&
    grep "tiles 12/12 ([1-9]* resumed)" "$scratch/job-$id.out" && equal "$1" slow
}
check "mpirun: stopped, requeued, ended, bit-equal" stopped_and_requeued requeued
export PSTM_LAUNCHER=srun
check "srun: stopped, requeued, ended, bit-equal" stopped_and_requeued requeued_srun
unset PSTM_LAUNCHER
# A site whose scontrol may not requeue.
mkdir "$scratch/bin"
cat >"$scratch/bin/scontrol" <<EOF
#!/bin/sh
[ "\$1" != requeue ] || { echo "no" >&2; exit 1; }
exec $(command -v scontrol) "\$@"
EOF
chmod +x "$scratch/bin/scontrol"
by_exit_code() { PATH=$scratch/bin:$PATH stopped_and_requeued requeued_by_code; }
check "requeued by exit code 75 and RequeueExit" by_exit_code
cat >"$scratch/end.sh" <<'EOF'
#!/usr/bin/env bash
here=$PSTM_JOBSCRIPTS
source "$here/common.sh"
left=$((SLURM_JOB_END_TIME - $(date +%s)))
[ $left -gt 500 ] && [ $left -le 600 ]
EOF
check "the scripts know when the job will be ended" env PSTM_JOBSCRIPTS="$scripts" bash -c \
  "$(declare -f completes submit ends states); pstm=$pstm scratch=$scratch DEADLINE_S=$DEADLINE_S patience=$patience; completes $scratch/end.sh"

# ---- array and merge ----------------------------------------------------------------------------------------
array_and_merge() {
  local id merge
  id=$(submit --array=1-3 --cpus-per-task=1 --mem=400 "$scripts/slurm_array.sh" "$job" "$scratch/array.h5" "${slow[@]}") || return 1
  merge=$(submit --dependency=afterok:"$id" "$scripts/slurm_merge.sh" "$scratch/array.h5" 3) || return 1
  stop "${id}_3" "$scratch/array.shard3of3.h5" && ends "$id" COMPLETED && ends "$merge" COMPLETED || return 1
  echo "restarts: $(restarts "$id")"
  [ "$(restarts "$id")" = 1 ] && equal array slow && "$pstm" status --verify "$scratch/array.h5"
}
check "an array of 3 shards, one stopped and requeued, then merged: bit-equal" array_and_merge
says_all() { "$pstm" status "$scratch/array.h5" | grep "12 of 12 chunk columns"; }
check "nothing is missing" says_all
no_part_of_array() {
  local id && id=$(submit --array=2 --cpus-per-task=1 "$scripts/slurm_array.sh" "$job" "$scratch/x.h5") &&
    ends "$id" FAILED && ! ls "$scratch"/x.*
}
check "a part of an array without the number of shards is refused" no_part_of_array

# ---- validation -----------------------------------------------------------------------------------------------
check "slurm_validate.sh" completes "${two[@]}" "$scripts/slurm_validate.sh" "$job" "$scratch/mpirun.h5" 3
check "it says so" grep -q "have the same bits" "$scratch"/job-*.out
finds_other_bits() {
  local id
  id=$(submit "${two[@]}" "$scripts/slurm_validate.sh" "$job" "$scratch/mpirun.h5" 3 --set velocity.scale=1.001) &&
    ends "$id" FAILED && grep "not bit-equal" "$scratch/job-$id.out"
}
check "slurm_validate.sh finds other bits" finds_other_bits

slurm_stop "$scratch/slurm"
gone() { for pid in "$scratch"/slurm/*.pid; do [ ! -e "$pid" ] || ! kill -0 "$(cat "$pid")" || return 1; done; }
check "the daemons are gone" gone
finish
