#!/usr/bin/env bash
# The layers of the program: who may include whom. Prints each offence; exits 1 if there is one.
#   src/core                                        only core
#   src/sum                                         sum and core: formulas, headers only
#   all but job, qc, commands and mpi/run           never job: the options of a module are its own, and job
#                                                   includes them
#   src/* but qc and commands                       src only: no io, mpi, gpu, and neither MPI nor HDF5 nor CUDA
#   src/qc                                          all but gpu and commands
#   src/commands                                    all but gpu; no HDF5
#   io, gpu             src and themselves          mpi   src, io and itself; none of the three qc or commands
# Project includes are rooted: "folder/file.h".
set -u
cd "$1" || exit 2
offences=0

# offence FILES PATTERN WHY
offence() {
  local found
  # shellcheck disable=SC2086
  found=$(grep -nE "^[[:space:]]*#[[:space:]]*include[[:space:]]*$2" $1 2>/dev/null)
  if [ -n "$found" ]; then
    echo "$3:"; echo "$found"
    offences=1
  fi
}

list() { find "$@" -name '*.[ch]' -o -name '*.inc' -o -name '*.cu'; }
lower=$(list src | grep -vE '^src/(commands|qc)/|^src/main.c')

offence "$(list src/core)" '"(job|survey|velocity|sum|condition|device|plan|profile|report|synth|bench|qc|commands|io|mpi|gpu)/' 'core includes another folder'
offence "$(list src/sum)" '"(job|survey|velocity|condition|device|plan|profile|report|synth|bench|qc|commands|io|mpi|gpu)/' 'sum includes more than core'
offence "$(list src io gpu mpi | grep -vE '^src/(job|qc|commands)/|^mpi/run/')" '"job/' 'a module includes job'
[ -z "$(find src/sum -name '*.c')" ] || { echo "sum has sources; it is headers only"; offences=1; }
offence "$lower" '"(io|mpi|gpu|qc|commands)/' 'src includes io, mpi, gpu, qc or commands'
offence "$lower" '<(mpi|hdf5|H5[A-Za-z]*|cuda[A-Za-z_]*)\.h>' 'src uses MPI, HDF5 or CUDA'
offence "$(list src/qc)" '"(gpu|commands)/' 'qc includes gpu or commands'
offence "$(list src/commands)" '(<(hdf5|H5[A-Za-z]*)\.h>|"gpu/)' 'a command uses HDF5 or the GPU directly'
offence "$(list io gpu)" '"(mpi|qc|commands)/' 'io or gpu includes mpi, qc or commands'
offence "$(list gpu)" '"io/' 'gpu includes io'
offence "$(list io)" '"gpu/' 'io includes gpu'
offence "$(list mpi)" '"(gpu|qc|commands)/' 'mpi includes gpu, qc or commands'
offence "$(list src io gpu mpi | grep -v core/version.c)" '"[^/"]*\.h"' 'an include that is not rooted'
for file in $(list src io mpi); do
  grep -nE '^[[:space:]]*#[[:space:]]*if.*CUDA' "$file" /dev/null && { echo "$file: #ifdef CUDA outside gpu/"; offences=1; }
done
exit $offences
