#!/usr/bin/env bash
# What a job may choose for its file system, stripes and the MPI-IO, is what Open MPI gets, and changes no bit.
# usage: file_systems.sh PSTM SCRATCH
source "$(dirname "$0")/../cli/lib.sh"
unset OMPI_MCA_io
export OMPI_MCA_io_base_verbose=10 # Open MPI says which MPI-IO it takes for each file

check "make a survey" "$pstm" synth --preset diffractor --traces 500 --noise 0.1 \
  --inline 40,25 --crossline 33,25 --time 150,0.004 --out "$scratch/survey"

# migrate NAME OPTION...: two ranks; what Open MPI says goes to $scratch/said.txt
migrate() {
  local name=$1
  shift
  timeout $((60 * patience)) mpirun -n 2 --oversubscribe --bind-to none "$pstm" run "$scratch/survey/job.yaml" --quiet \
    --set devices=cpu --set threads=1 --set output.file="$scratch/$name.h5" "$@" >"$scratch/said.txt" 2>&1
  local status=$?
  cat "$scratch/said.txt"
  return $status
}
same() { "$pstm" compare "$scratch/$1.h5" "$scratch/base.h5" --require bit-equal; }
# taken MODULE: for all files, and some
taken() {
  grep -q "Selected io module $1" "$scratch/said.txt" && ! grep "Selected io module" "$scratch/said.txt" | grep -v "$1"
}
files() { grep "new file:" "$scratch/said.txt" | sed 's/.*new file: //' | sort | uniq -c; }

check "as it comes" migrate base
PSTM_MPI_IO=romio check "ROMIO" migrate romio
check "ROMIO was taken" taken romio
check "ROMIO: bit-equal" same romio
PSTM_MPI_IO=ompio check "Open MPI's own" migrate ompio
check "Open MPI's own was taken" taken ompio
check "Open MPI's own: bit-equal" same ompio
wrong() { PSTM_MPI_IO=lustre migrate wrong; }
refuse 1 "\`lustre\` is no MPI-IO of Open MPI" "an MPI-IO that there is not" wrong
once() { [ "$(grep -c 'no MPI-IO' "$scratch/said.txt")" = 1 ]; }
check "is told once" once

# The draft of the cube is then made by MPI-IO, which alone knows of stripes (tests/io/test_stripes.c).
made_by_mpi_io() { files | grep -F "striped.h5.making"; }
for io in ompio romio; do
  PSTM_MPI_IO=$io check "stripes, $io" migrate striped --set output.stripes=4 --set output.stripe_size="4 MiB"
  check "stripes, $io: the cube was made by MPI-IO" made_by_mpi_io
  check "stripes, $io: bit-equal" same striped
  check "stripes, $io: as it was written" "$pstm" status "$scratch/striped.h5" --verify
  rm -f "$scratch"/striped.h5*
done
check "no stripes" migrate striped
check "no stripes: it was not" bash -c "! grep -F striped.h5.making '$scratch/said.txt'"
refuse 1 "multiples of 64 KiB" "a stripe that Lustre does not know" migrate wrong --set output.stripe_size=1100000
finish
