#!/usr/bin/env bash
# Valgrind's memcheck over the program as a user calls it, on one rank, or over Check programs: neither invalid nor
# uninitialised memory, and no block that is lost. What Open MPI, HDF5 and font libraries do among themselves is not judged
# (memcheck.supp). usage: memcheck.sh PSTM SCRATCH [CHECK_PROGRAM...]
source "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
shift 2
command -v valgrind >/dev/null || { echo "valgrind is missing: skipped"; exit 77; }
export PSTM_CPU_KERNEL=${PSTM_CPU_KERNEL:-avx2} # Valgrind knows no AVX-512
export CK_TIMEOUT_MULTIPLIER=60 # what takes a second alone takes a minute here
n_programs=0

suppressions=(--suppressions="$here/memcheck.supp")
of_open_mpi=/usr/share/openmpi/openmpi-valgrind.supp
[ ! -r $of_open_mpi ] || suppressions+=(--suppressions=$of_open_mpi)

# The children of Check are traced too: each writes a report of its own.
checked() {
  local code
  rm -f "$scratch"/report.*
  valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
    --num-callers=30 --log-file="$scratch/report.%p" "${suppressions[@]}" "$@"
  code=$?
  cat "$scratch"/report.* 2>/dev/null
  [ -z "$(find "$scratch" -name 'report.*' -size +0)" ] || return 99
  [ $code != 77 ] || code=0 # a Check program that cannot run here has said why
  return $code
}

# clean WORDS COMMAND...: it ends well and memcheck finds nothing.
clean() {
  n_programs=$((n_programs + 1))
  check "$1" checked "${@:2}"
}

if [ $# -gt 0 ]; then
  for program in "$@"; do clean "$(basename "$program")" "$program"; done
  echo "$n_programs programs"
  finish
fi

clean "pstm synth" "$pstm" synth --preset diffractor --traces 60 --noise 0.1 --record 100,0.004 --inline 32,25 \
  --crossline 20,25 --time 40,0.008 --out "$scratch/survey"
job=$scratch/survey/job.yaml
image=$scratch/image.h5
classes=(--set offsets.first=150 --set offsets.step=300 --set offsets.n=2)
run=("$pstm" run "$job" --set devices=cpu --set threads=2 "${classes[@]}")
clean "pstm plan" "$pstm" plan "$job" --ranks 3
clean "pstm run" "${run[@]}" --set output.file="$image" --set output.timeline=on --set output.keep_store=on
clean "pstm run, with nothing to do" "${run[@]}" --set output.file="$image"
clean "pstm run, with a store and antialias" "${run[@]}" --set output.file="$image" --overwrite --set migrate.antialias=bank
fails() { PSTM_FAULT=tile:-1:error refuse 3 "while migrating" "pstm run, which fails" checked "$@"; }
n_programs=$((n_programs + 1))
fails "${run[@]}" --set output.file="$scratch/failed.h5" # where something is found the exit code is 99
clean "pstm run, which goes on" "${run[@]}" --set output.file="$scratch/failed.h5"
for i in 1 2; do
  clean "pstm run, shard $i" "${run[@]}" --shard $i/2 --set output.file="$scratch/part$i.h5"
done
clean "pstm merge" "$pstm" merge "$scratch/merged.h5" "$scratch/part1.h5" "$scratch/part2.h5"
clean "pstm compare" "$pstm" compare "$scratch/merged.h5" "$scratch/failed.h5" --require bit-equal
clean "pstm status" "$pstm" status --verify "$scratch/merged.h5"
clean "pstm view" "$pstm" view "$image"
clean "pstm keys" "$pstm" keys
echo "$n_programs commands"
finish
