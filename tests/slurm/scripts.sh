#!/usr/bin/env bash
# The job scripts without Slurm: they fail when anything in them fails, and say nothing else. Slurm runs a copy of a
# script; scontrol and squeue are stand-ins. usage: scripts.sh PSTM SCRATCH JOBSCRIPTS
source "$(dirname "$0")/../cli/lib.sh"
scripts=$3
mkdir -p "$scratch/spool" "$scratch/bin" "$scratch/empty"
cp "$scripts"/*.sh "$scratch/spool/"
rm "$scratch/spool/common.sh" "$scratch/spool/site.sh"
unset PSTM_JOBSCRIPTS SLURM_JOB_END_TIME
export SLURM_JOB_ID=4711 PATH=$scratch/bin:$PATH PSTM=$pstm PSTM_MPIRUN="-n 2 --oversubscribe --bind-to none"

stand_in() { # stand_in NAME: a command of standard input
  { echo '#!/usr/bin/env bash' && cat; } >"$scratch/bin/$1"
  chmod +x "$scratch/bin/$1"
}
check "make a survey" "$pstm" synth --preset diffractor --traces 200 --inline 32,25 --crossline 16,25 \
  --time 60,0.004 --out "$scratch/survey"
job=$scratch/survey/job.yaml
script() { local name=$1 && shift && (cd "$scratch/empty" && bash "$scratch/spool/$name.sh" "$@"); }
# fails WORDS NAME ARGUMENT...: the script fails, and claims nothing.
fails() {
  local words=$1
  shift
  no_claim() { ! script "$@" && ! grep -qE 'validated:|can be removed' "$scratch/out.txt"; }
  check "$words" no_claim "$@"
}

# ---- where common.sh is -----------------------------------------------------------------------------------
arguments() { # of each script
  case $1 in
    slurm_merge) echo "$scratch/merged.h5 2" ;;
    slurm_array | slurm_validate) echo "$job $scratch/cpu.h5 1" ;;
    *) echo "$job" ;;
  esac
}
stand_in scontrol <<<'echo "slurm_load_jobs error: cannot contact the controller" >&2; exit 1'
stand_in squeue <<<'exit 1'
for name in slurm_array slurm_cpu slurm_gpu slurm_merge slurm_validate; do
  # shellcheck disable=SC2046
  refuse 1 "submit with PSTM_JOBSCRIPTS=" "$name stops when scontrol fails" script $name $(arguments $name)
  PSTM_JOBSCRIPTS=$scratch/empty refuse 1 "no common.sh in '$scratch/empty'" "$name stops where there is no common.sh" \
    script $name $(arguments $name)
done

# ---- to the end -------------------------------------------------------------------------------------------
stand_in scontrol <<EOF2
[ "\$1" = show ] || exit 1
printf 'JobId=4711 JobName=pstm\n   Command=%s/slurm_cpu.sh %s\n   WorkDir=/\n' "$scripts" "$job"
EOF2
check "slurm_cpu.sh finds common.sh by the job's command" script slurm_cpu "$job" --set output.file="$scratch/cpu.h5"
check "slurm_validate.sh" script slurm_validate "$job" "$scratch/cpu.h5" 1
check "it says so" grep -q "have the same bits" <(script slurm_validate "$job" "$scratch/cpu.h5" 1)
export SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=2 SLURM_ARRAY_TASK_COUNT=2
for i in 1 2; do
  check "slurm_array.sh, shard $i" env SLURM_ARRAY_TASK_ID=$i bash "$scratch/spool/slurm_array.sh" "$job" "$scratch/array.h5"
done
unset SLURM_ARRAY_TASK_MIN SLURM_ARRAY_TASK_MAX SLURM_ARRAY_TASK_COUNT
check "slurm_merge.sh" script slurm_merge "$scratch/array.h5" 2
check "bit-equal" "$pstm" compare "$scratch/array.h5" "$scratch/cpu.h5" --require bit-equal

# ---- what fails -------------------------------------------------------------------------------------------
fails "slurm_merge.sh without its shards" slurm_merge "$scratch/none.h5" 2
fails "slurm_merge.sh with a word for the number of shards" slurm_merge "$scratch/array.h5" all
fails "slurm_validate.sh with no tiles" slurm_validate "$job" "$scratch/cpu.h5" 0
fails "slurm_validate.sh of a cube that is not there" slurm_validate "$job" "$scratch/none.h5" 1
fails "slurm_validate.sh of another image" slurm_validate "$job" "$scratch/cpu.h5" 1 --set velocity.scale=1.01
rm -f "$scratch"/cpu.validate-*
# Each command of pstm in turn ends with 3.
stand_in failing_pstm <<'EOF2'
count=$(($(cat "$COUNT") + 1))
echo $count >"$COUNT"
[ $count = "$FAIL_AT" ] && exit 3
exec "$REAL_PSTM" "$@"
EOF2
export REAL_PSTM=$pstm COUNT=$scratch/count PSTM_MPIRUN="-n 1 --bind-to none"
for at in 1 2 3 4; do # status --tiles, run, status, compare
  echo 0 >"$COUNT"
  export FAIL_AT=$at
  PSTM=$scratch/bin/failing_pstm fails "slurm_validate.sh when its command $at fails" slurm_validate "$job" "$scratch/cpu.h5" 1
  check "it came to that command" [ "$(cat "$COUNT")" = $at ]
  rm -f "$scratch"/cpu.validate-*
done
for at in 1 2; do # merge, status --verify
  echo 0 >"$COUNT"
  export FAIL_AT=$at
  PSTM=$scratch/bin/failing_pstm fails "slurm_merge.sh when its command $at fails" slurm_merge "$scratch/array.h5" 2
  check "it came to that command" [ "$(cat "$COUNT")" = $at ]
done
stand_in stopped_pstm <<<'exit 75'
PSTM=$scratch/bin/stopped_pstm refuse 75 "" "a stop that cannot be requeued keeps exit code 75" script slurm_cpu "$job"

# ---- the end of the job -----------------------------------------------------------------------------------
cat >"$scratch/spool/end.sh" <<'EOF2'
set -euo pipefail
source "$here/common.sh"
echo "end: '$SLURM_JOB_END_TIME'"
EOF2
export here=$scripts
refuse 0 "end: ''" "an end that squeue does not know is not told as midnight" script end
stand_in squeue <<<'echo N/A'
refuse 0 "end: ''" "nor is one that is no time" script end
stand_in squeue <<<'echo 2030-01-01T00:00:00'
TZ=UTC refuse 0 "end: '1893456000'" "an end that squeue tells" script end
finish
