#!/usr/bin/env bash
# Every header compiles alone, in a C file that includes nothing else. Arguments: source folder, compiler,
# include flags. The CUDA device's headers are left out where CUDA's own are not installed.
set -u
cd "$1" || exit 2
compiler=$2
shift 2
bad=0
set -- "$@" -isystem "${CUDA_HOME:-/usr/local/cuda}/include"
skip=
echo '#include <cuda_runtime_api.h>' | "$compiler" "$@" -fsyntax-only -x c - 2>/dev/null || skip='gpu/cuda_*.h'
for header in $(find src io mpi gpu -name '*.h' ! -path "$skip"); do
  printf '#include "%s"\n' "${header#src/}" |
    "$compiler" -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -Isrc -I. "$@" -fsyntax-only -x c - || bad=1
done
exit $bad
