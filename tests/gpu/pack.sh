#!/usr/bin/env bash
# Makes a folder, and an archive of it, with all that tests/gpu/real.sh, bench_cuda, two_gpus.sh, two_threads.sh and
# triples.sh need on a machine with GPUs and MPI where the project cannot be built: the bundle (cmake/bundle.sh), test
# programs, scripts.
# Afterwards there: bash FOLDER/tests/gpu/real.sh FOLDER/bin/pstm SCRATCH FOLDER/bin/test_contract_cuda FOLDER/bin
# usage: pack.sh BUILD SOURCE FOLDER [OLD]     BUILD: of the preset cuda with -DPSTM_TESTS=ON
#   OLD: a program of the preset cuda too; it becomes bin/pstm-old, and real.sh compares bits with it (tests/pins), and
#        triples.sh rates
set -euo pipefail
build=$1 source=$2 folder=$3
bash "$source/cmake/bundle.sh" "$build/src/commands/pstm" "$source" "$folder" >/dev/null
for program in gpu/test_contract_cuda gpu/test_groups_cuda gpu/bench_cuda \
  physics/test_focus physics/test_reflector physics/test_operator_aliasing physics/test_sum; do
  cp "$build/tests/$program" "$folder/bin/"
  ldd "$build/tests/$program" | awk '/lib(gomp|check|subunit)/ { print $3 }' | xargs -r cp -nL -t "$folder/lib"
  patchelf --set-rpath '$ORIGIN/../lib' "$folder/bin/$(basename "$program")"
done
if [ -n "${4:-}" ]; then
  bash "$source/cmake/bundle.sh" "$4" "$source" "$folder-old" >/dev/null
  cp "$folder-old/bin/pstm" "$folder/bin/pstm-old"
  cp -n "$folder-old"/lib/* "$folder/lib/"
  rm -r "$folder-old" "$folder-old.tar.gz"
fi
mkdir -p "$folder/tests" "$folder/benchmarks"
cp -r "$source/tests/cli" "$source/tests/mpi" "$source/tests/gpu" "$source/tests/pins" "$folder/tests/"
for survey in cube line; do python3 "$source/tests/pins/survey.py" $survey "$folder/tests/pins/made/$survey"; done
cp "$source/benchmarks/"{two_gpus,two_threads,triples}.sh "$folder/benchmarks/"
tar -C "$(dirname "$folder")" -czf "$folder.tar.gz" "$(basename "$folder")"
echo "$folder.tar.gz"
