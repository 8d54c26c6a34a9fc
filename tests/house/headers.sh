#!/usr/bin/env bash
# Every header compiles alone, in a C file that includes nothing else. The build has shown it of those that a source
# includes before anything else; the others are compiled here. Arguments: source folder, compiler, include flags. The CUDA
# device's headers are left out where CUDA's own are not installed.
set -u
cd "$1" || exit 2
compiler=$2
shift 2
flags=(-std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -Isrc -I. "$@" -isystem "${CUDA_HOME:-/usr/local/cuda}/include"
  -fsyntax-only -x c)
skip=
echo '#include <cuda_runtime_api.h>' | "$compiler" "${flags[@]}" - 2>/dev/null || skip='gpu/cuda_*.h'

shown_by_the_build() { # the first line with # of each source that every build compiles
  find src io mpi -name '*.c' -exec grep -hm 1 '^ *#' {} \; | sed -n 's/^#include "\(.*\)"$/\1/p' | sort -u
}

# Each gets a compiler of its own, as many at once as there are processors.
find src io mpi gpu -name '*.h' ! -path "$skip" | sed 's/^src\///' | sort | comm -23 - <(shown_by_the_build) |
  xargs -P "$(nproc)" -I HEADER bash -c 'echo "#include \"$1\"" | "${@:2}" -' alone HEADER "$compiler" "${flags[@]}"
