#!/usr/bin/env bash
# The layers of the program: who may include whom. Prints each offence; exits 1 if there is one.
#   src/core            only core
#   src/* but commands  src only: no io, mpi, gpu, and neither MPI nor HDF5 nor CUDA
#   io, gpu             src and themselves          mpi   src, io and itself
# Project includes are rooted: "folder/file.h".
set -u
cd "$1" || exit 2
offences=0

# offence FILES PATTERN WHY
offence() {
  local found
  found=$(grep -nE "^[[:space:]]*#[[:space:]]*include[[:space:]]*$2" $1 2>/dev/null)
  if [ -n "$found" ]; then
    echo "$3:"; echo "$found"
    offences=1
  fi
}

list() { find "$@" -name '*.[ch]' -o -name '*.inc' -o -name '*.cu'; }
lower=$(list src | grep -v '^src/commands/' | grep -v '^src/main.c')

offence "$(list src/core)" '"(job|survey|velocity|migrate|plan|report|synth|commands|io|mpi|gpu)/' 'core includes another folder'
offence "$lower" '"(io|mpi|gpu|commands)/' 'src includes io, mpi, gpu or commands'
offence "$lower" '<(mpi|hdf5|H5[A-Za-z]*|cuda[A-Za-z_]*)\.h>' 'src uses MPI, HDF5 or CUDA'
offence "$(list io gpu)" '"(mpi|commands)/' 'io or gpu includes mpi or commands'
offence "$(list gpu)" '"io/' 'gpu includes io'
offence "$(list io)" '"gpu/' 'io includes gpu'
offence "$(list mpi)" '"(gpu|commands)/' 'mpi includes gpu or commands'
offence "$(list src io gpu mpi | grep -v commands/version.c)" '"[^/"]*\.h"' 'an include that is not rooted'
for file in $(list src io mpi); do
  grep -nE '^[[:space:]]*#[[:space:]]*if.*CUDA' "$file" /dev/null && { echo "$file: #ifdef CUDA outside gpu/"; offences=1; }
done
exit $offences
