# What the Slurm job scripts share: sourced by them with `here` set to their folder.
#   launch     how the ranks are started, as an array
#   options    pstm run's options for what Slurm gave to the job, as an array
#   resumable  runs a command, hands signals on to it, and requeues the job when it was stopped
set -euo pipefail
source "${PSTM_SITE:-$here/site.sh}"

die() { echo "${SLURM_JOB_NAME:-pstm}: $*" >&2; exit 1; }

case "$PSTM_LAUNCHER" in
  mpirun) read -ra launch <<<"mpirun $PSTM_MPIRUN" ;;
  # Tasks of a step have the job's CPUs only if srun is told again.
  srun) read -ra launch <<<"srun --cpus-per-task=${SLURM_CPUS_PER_TASK:-1} $PSTM_SRUN" ;;
  *) die "PSTM_LAUNCHER is mpirun or srun, not $PSTM_LAUNCHER" ;;
esac

# A rank may use the CPUs and nine tenths of the memory that Slurm gave to it, not a share of the whole node.
options=(--set "threads=${SLURM_CPUS_PER_TASK:-1}")
ranks_on_node=${SLURM_TASKS_PER_NODE:-1}
ranks_on_node=${ranks_on_node%%[(,]*}
rank_mib=0
if [ "${SLURM_MEM_PER_NODE:-0}" -gt 0 ]; then
  rank_mib=$((SLURM_MEM_PER_NODE / ranks_on_node))
elif [ "${SLURM_MEM_PER_CPU:-0}" -gt 0 ]; then
  rank_mib=$((SLURM_MEM_PER_CPU * ${SLURM_CPUS_PER_TASK:-1}))
fi
if [ "$rank_mib" -gt 0 ]; then options+=(--set "memory=$((rank_mib * 9 / 10)) MiB"); fi

# Of an array's tasks one has the number of the whole array: as ARRAY_TASK each is meant alone.
job_id=${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID}
job_id=${job_id:-$SLURM_JOB_ID}

# When Slurm will end the job, for pstm to be done before; Slurm itself says so only from 23.02 on. Where it does not
# say so at all (squeue fails, or there is no limit), the signal before the limit is what stops the job.
find_end() {
  local end
  end=$(squeue -h -j "$job_id" -o %e) && [ -n "$end" ] && date -d "$end" +%s 2>/dev/null
}
if [ -z "${SLURM_JOB_END_TIME:-}" ]; then
  SLURM_JOB_END_TIME=$(find_end) || SLURM_JOB_END_TIME=
  export SLURM_JOB_END_TIME
fi

# Back into the queue, which ends this script. Where that is not allowed, exit code 75 does it if the site has
# RequeueExit=75; but then jobs that wait with afterok: take the stop for a failure and never start.
requeue() {
  scontrol requeue "$job_id" && sleep 300
  exit 75
}

# resumable COMMAND...: `--signal=B:USR1@300` reaches this shell alone; mpirun and srun hand SIGUSR1 on to all
# ranks. Exit code 75 (stopped in good order) puts the job back into the queue; other codes are returned.
resumable() {
  local child code signalled=1
  "$@" &
  child=$!
  trap 'signalled=1; kill -USR1 $child 2>/dev/null || true' USR1 TERM
  while [ $signalled = 1 ]; do # a signal ends the wait early
    signalled=0
    code=0
    wait $child || code=$?
  done
  trap - USR1 TERM
  if [ $code = 75 ]; then requeue; fi
  return $code
}
