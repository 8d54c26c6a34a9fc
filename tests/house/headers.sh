#!/usr/bin/env bash
# Every header compiles alone, in a C file that includes nothing else. Arguments: source folder, compiler,
# include flags.
set -u
cd "$1" || exit 2
compiler=$2
shift 2
bad=0
for header in $(find src io mpi gpu -name '*.h'); do
  printf '#include "%s"\n' "${header#src/}" |
    "$compiler" -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -Isrc -I. "$@" -fsyntax-only -x c - || bad=1
done
exit $bad
