#!/usr/bin/env bash
# Pins the bits of the program over a refactoring: an old and a new one run the same jobs, and stacks, folds and gathers
# must have the same bits. See README.md.
# usage: run.sh OLD NEW [OPTION...]        OLD, NEW: a pstm program, or a revision of this repository, which is built
#        run.sh --literal NEW [OPTION...]  the new one alone, against the checksums in literal.tsv
#   --devices LIST    some of reference,cpu,paranoid,stopwatch,cuda (all; cuda where a GPU is); cpu/avx2 is one kernel
#   --jobs N          how many jobs are drawn (100)
#   --seed N          of what is drawn (1)
#   --only GLOB       of these jobs those whose name matches, such as 04?
#   --bless           with --literal: writes what the new one gives into literal.tsv
#   --scratch FOLDER  where to work (in memory, if there is room); emptied before, removed afterwards
# shellcheck disable=SC2034,SC2154  # `settings` is for migrate.sh; jobs.sh sets plain, features and literal
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/pins/jobs.sh
source "$here/jobs.sh"
# shellcheck source=tests/pins/migrate.sh
source "$here/migrate.sh"

die() { echo "pins: $*" >&2; exit 1; }

# ---- the command line ----

programs=() devices=() all_devices=on literally=off bless=off only='*' n_jobs=100 seed=1 scratch=""
while [ $# -gt 0 ]; do
  case $1 in
    --literal) literally=on ;;
    --bless) bless=on ;;
    --devices | --jobs | --seed | --only | --scratch)
      [ $# -ge 2 ] || die "$1 wants a value"
      case $1 in
        --devices) IFS=, read -ra devices <<<"$2" ;;
        --jobs) n_jobs=$2 ;;
        --seed) seed=$2 ;;
        --only) only=$2 ;;
        --scratch) scratch=$2 ;;
      esac
      shift
      ;;
    --help) sed -n '2,11s/^# //p' "$0"; exit 0 ;;
    -*) die "there is no option $1; try --help" ;;
    *) programs+=("$1") ;;
  esac
  shift
done
n_programs=$([ $literally = on ] && echo 1 || echo 2)
[ ${#programs[@]} = "$n_programs" ] || die "$n_programs program(s) are wanted, not ${#programs[@]}; try --help"
if [ -n "$scratch" ]; then
  if ! rm -rf "$scratch" || ! mkdir -p "$scratch"; then die "cannot make $scratch"; fi
  scratch=$(cd "$scratch" && pwd)
else
  # In memory where there is room: cubes are synced, and a disk takes longer for it than the jobs do.
  free_kib=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
  if [ "${free_kib:-0}" -gt 4000000 ]; then export TMPDIR=/dev/shm; fi
  scratch=$(mktemp -d) || die "cannot make a scratch folder"
fi
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP

# ---- what the machine has ----

# Nothing of the caller's may change a job; as root on few cores MPI must be told so.
unset "${!PSTM_@}" "${!SLURM_@}"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_mpi_yield_when_idle=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
export OMPI_MCA_btl_vader_single_copy_mechanism=none OMPI_MCA_pml=ob1 OMPI_MCA_btl=self,vader

python="" reads_cubes=off
for candidate in /usr/bin/python3 python3; do
  command -v $candidate >/dev/null || continue
  [ -n "$python" ] || python=$candidate
  $candidate -c 'import h5py' 2>/dev/null && python=$candidate reads_cubes=on && break
done

# ask WHAT FILE...: $answer is what cubes.py answers.
if [ $reads_cubes = on ]; then coproc cubes { exec "$python" "$here/cubes.py"; }; fi
ask() {
  local IFS=$'\t'
  echo "$*" >&"${cubes[1]}"
  IFS= read -r answer <&"${cubes[0]}" || die "cubes.py has ended"
}

# program_of WORD NAME: the path of a program, or of the one built from a revision.
program_of() {
  if [ -f "$1" ] && [ -x "$1" ]; then
    realpath "$1"
    return
  fi
  local source=$scratch/source-$2
  git -C "$here" rev-parse --verify --quiet "$1^{commit}" >/dev/null || die "$1 is neither a program nor a revision"
  mkdir "$source"
  git -C "$here/../.." archive "$1" | tar -x -C "$source" || die "cannot export $1"
  echo "building $1" >&2
  (cd "$source" && cmake --preset release -DPSTM_TESTS=OFF && cmake --build --preset release) >"$source.log" 2>&1 ||
    { tail -n 20 "$source.log" >&2 && die "$1 does not build"; }
  find "$source/build/release" -type f -name pstm -perm -u+x | head -n 1
}
new=$(program_of "${programs[-1]}" new) || exit 1
old=$new
if [ $literally = off ]; then old=$(program_of "${programs[0]}" old) || exit 1; fi

surveys=$scratch/surveys
mkdir "$surveys"
if [ $literally = on ]; then
  [ $reads_cubes = on ] || { echo "skipped: the checksums are read by python3-h5py"; exit 77; }
  make_made "$surveys" && make_velocities "$surveys"
else
  make_surveys "$old" "$surveys" >"$scratch/surveys.log" 2>&1
fi || { cat "$scratch/surveys.log"; die "cannot make the surveys"; }

# has_cuda: both programs run on a GPU here.
has_cuda() {
  local program
  for program in "$old" "$new"; do
    timeout 100 "$program" run "$surveys/line/job.yaml" --quiet --set devices=cuda \
      --set output.file="$scratch/cuda-$RANDOM.h5" >/dev/null 2>&1 || return 1
  done
}
if [ ${#devices[@]} = 0 ]; then
  devices=(reference cpu paranoid stopwatch)
  if has_cuda; then devices+=(cuda); fi
else
  all_devices=off
fi
read -ra devices <<<"$(printf '%s\n' "${devices[@]}" |
  sed 's,^cpu$,cpu/portable cpu/avx2 cpu/avx512-halves cpu/avx512-whole,' | tr '\n' ' ')"

# ---- telling ----

n_equal=0 n_different=0 n_not_run=0 n_not_pinned=0

# tell RESULT WORDS: a line of the job f.
tell() {
  local feature text=""
  local -A usual=()
  for feature in $plain; do usual[${feature%%=*}]=${feature#*=}; done
  for feature in "${features[@]:1}"; do
    [ "${f[$feature]}" = "${usual[$feature]}" ] || text+=" $feature=${f[$feature]}"
  done
  printf '%-14s %-17s%s: %s%s\n' "${f[name]}" "${f[device]}" "$text" "$1" "${2:+ ($2)}"
  case $1 in
    equal) n_equal=$((n_equal + 1)) ;;
    "not run") n_not_run=$((n_not_run + 1)) ;;
    "not pinned") n_not_pinned=$((n_not_pinned + 1)) ;;
    *) n_different=$((n_different + 1)) ;;
  esac
}

# last_words NAME: of the run NAME, where it failed.
last_words() {
  if [ "$(cat "$scratch/$1.code")" = 0 ]; then return; fi
  { grep -hE '^(pstm|PSTM)' "$scratch/$1".h5*log || tail -qn 2 "$scratch/$1".h5*log; } 2>/dev/null | tail -n 1 | cut -c 1-200
}

# lacks_kernel NAME: the run NAME failed since this processor cannot run the kernel.
lacks_kernel() { grep -qs "this processor cannot run that kernel" "$scratch/$1".h5*log; }

# ---- old against new ----

# attempt NAME PROGRAM: the job f into NAME.h5; NAME.code is the exit code. Open MPI has a folder of its own: runs that end
# remove the common one under those that begin.
attempt() {
  local mpi
  mpi=$(mktemp -d)
  OMPI_MCA_orte_tmpdir_base=$mpi migrate "$2" "$scratch/$1.h5"
  echo $? >"$scratch/$1.code"
  rm -rf "$mpi"
}

# compares DATASET: whether one of the programs, which may not read the other's cubes, finds the same bits.
compares() {
  local program
  for program in "$new" "$old"; do
    "$program" compare --dataset "$1" "$scratch/old.h5" "$scratch/new.h5" --require bit-equal >"$scratch/old.said" 2>&1 && return
  done
  return 1
}

# compare_bits: of both cubes, into $answer. Without h5py the programs compare them.
compare_bits() {
  local dataset
  if [ $reads_cubes = on ]; then
    ask compare "$scratch/old.h5" "$scratch/new.h5"
    return
  fi
  answer=equal
  for dataset in stack $([ "${f[classes]}" = off ] || echo gather); do
    compares "$dataset" || answer="$dataset: $(grep -hm 1 differ "$scratch/old.said" || tail -n 1 "$scratch/old.said")"
  done
}

# run_both JOB: one line of output.
run_both() {
  local -A f=()
  local settings codes launched
  prepare "$1"
  if [ "${f[device]}" = cuda ]; then # one after the other: the memory of a GPU is not for both
    attempt old "$old"
    attempt new "$new"
  else
    attempt old "$old" &
    launched=$!
    attempt new "$new"
    wait $launched
  fi
  codes="$(cat "$scratch/old.code") $(cat "$scratch/new.code")"
  if [ "$codes" = "0 0" ]; then
    compare_bits
    if [ "$answer" = equal ]; then tell equal; else tell DIFFERENT "$answer"; fi
  elif lacks_kernel old && lacks_kernel new; then
    tell "not run" "this processor has no ${f[device]#*/}"
  elif [ "${codes% *}" = "${codes#* }" ]; then
    tell "REFUSED BY BOTH" "exit code ${codes% *}, so that nothing is pinned: $(last_words new)"
  else
    tell DIFFERENT "exit codes $codes: $(last_words old)$(last_words new)"
  fi
  rm -f "$scratch"/{old,new}.*
}

old_against_new() {
  local job jobs least=60
  draw "$n_jobs" "$seed" "${devices[@]}"
  echo "seed $seed, ${#jobs[@]} jobs on ${devices[*]}"
  for job in "${jobs[@]}"; do
    # shellcheck disable=SC2254
    case $job in name=$only\ *) run_both "$job" ;; esac
  done
  if [ $all_devices = off ] || [ "$n_jobs" -lt $least ] || [ "$only" != "*" ]; then least=1; fi
  echo "$n_equal equal, $n_different different, $n_not_run not run"
  [ $n_different = 0 ] && [ $n_equal -ge $least ]
}

# ---- the new one against checksums ----

# check_sums ID SUMS...: against the line of literal.tsv; with --bless they go to rows.tsv instead.
check_sums() {
  local id=$1 pinned
  shift
  if [ $bless = on ]; then
    (IFS=$'\t' && echo "${f[name]}"$'\t'"$id"$'\t'"$*") >>"$scratch/rows.tsv"
    return
  fi
  pinned=$(awk -F '\t' -v job="${f[name]}" -v id="$id" '$1 == job && $2 == id { print $3, $4, $5, $6 }' "$here/literal.tsv")
  if [ -z "$pinned" ]; then
    tell "not pinned" "$id"
  elif [ "$pinned" = "$*" ]; then
    tell equal "$id"
  else
    tell DIFFERENT "$id: stack, fold, gather, gather_fold are $*, pinned: $pinned"
  fi
}

# check_literal NAME: the cube NAME of the job f; one line of output.
check_literal() {
  if [ "$(cat "$scratch/$1.code")" != 0 ]; then
    if lacks_kernel "$1"; then tell "not run" "this processor has no ${f[device]#*/}"; else tell FAILED "$(last_words "$1")"; fi
    return
  fi
  ask sums "$scratch/$1.h5"
  # shellcheck disable=SC2086
  case $answer in
    sums\ *) check_sums ${answer#sums } ;;
    *) tell FAILED "$answer" ;;
  esac
}

# run_literal I: literal[I] on all its devices at once.
run_literal() {
  local device settings wanted=() launched=() job="$plain ${literal[$1]}"
  local -A f=()
  for device in "${devices[@]}"; do
    if literal_on "$1" "$device"; then wanted+=("$device"); fi
  done
  for device in "${wanted[@]}"; do
    prepare "device=$device $job"
    attempt "${device/\//-}" "$new" &
    launched+=($!)
  done
  wait "${launched[@]}"
  for device in "${wanted[@]}"; do
    prepare "device=$device $job"
    check_literal "${device/\//-}"
    rm -f "$scratch/${device/\//-}".*
  done
}

# write_literal: rows.tsv instead of all that literal.tsv has of its numerics ids.
write_literal() {
  local ids file=$here/literal.tsv machine
  machine="$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1), family $(sed -n 's/^cpu family[^:]*: *//p' \
    /proc/cpuinfo | head -n 1), $(getconf GNU_LIBC_VERSION)"
  ids=$(cut -f 2 "$scratch/rows.tsv" | sort -u)
  {
    echo "# job, numerics id, checksums of stack, fold, gather, gather_fold; README.md says what they mean"
    {
      grep '^# ' "$file" | tail -n +2 | grep -vF "$(sed 's/^/# /; s/$/:/' <<<"$ids")"
      for id in $ids; do echo "# $id: blessed on $machine"; done
    } | sort
    { grep -v '^#' "$file" | awk -F '\t' -v ids="$ids" 'BEGIN { n = split(ids, a, "\n"); for (i = 1; i <= n; i++) new[a[i]] } !($2 in new)'
      cat "$scratch/rows.tsv"; } | sort -u
  } >"$scratch/literal.tsv" && cp "$scratch/literal.tsv" "$file"
}

new_against_literal() {
  local i
  for i in "${!literal[@]}"; do run_literal "$i"; done
  if [ $bless = on ]; then
    [ $n_different = 0 ] && [ -s "$scratch/rows.tsv" ] && write_literal
    return
  fi
  echo "$n_equal equal, $n_different different, $n_not_run not run, $n_not_pinned not pinned"
  [ $n_different = 0 ] && [ $n_equal -gt 0 ]
}

# On one line with exit, so that a change to this file while it runs is not read.
if [ $literally = on ]; then new_against_literal; else old_against_new; fi; exit
