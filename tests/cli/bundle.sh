#!/usr/bin/env bash
# The bundled program, moved to another folder, runs a job with its own libraries.
# usage: bundle.sh PSTM SCRATCH SOURCE
source "$(dirname "$0")/lib.sh"
command -v patchelf >/dev/null || { echo "skipped: there is no patchelf"; exit 77; }
check "make the bundle" bash "$3/cmake/bundle.sh" "$pstm" "$3" "$scratch/made/pstm-bundle"
mkdir -p "$scratch/elsewhere"
check "unpack it elsewhere" tar -C "$scratch/elsewhere" -xzf "$scratch/made/pstm-bundle.tar.gz"
rm -rf "$scratch/made"
there=$scratch/elsewhere/pstm-bundle
own_libraries() { # all but glibc, the driver, MPI and what comes with it are the bundle's own
  ldd "$there/bin/pstm" | grep 'not found' && return 1
  ldd "$there/bin/pstm" | awk '/=> \//{print $3}' | grep -v "^$there/" | sed 's|.*/||' |
    grep -vE '^lib(c|m|dl|pthread|rt|resolv|cuda|mpi|open-rte|open-pal|hwloc|event_core-2.1|event_pthreads-2.1|udev|z)\.so' &&
    return 1
  ldd "$there/bin/pstm" | grep -q "$there/bin/../lib/libfftw3f"
}
check "its libraries are its own" own_libraries
check "make a survey" "$there/bin/pstm" synth --preset diffractor --traces 200 --inline 20,25 --crossline 20,25 \
  --time 100,0.004 --out "$scratch/survey"
check "run a job" "$there/bin/pstm" run "$scratch/survey/job.yaml" --quiet --set devices=cpu
check "the same bits" sh -c "'$pstm' run '$scratch/survey/job.yaml' --quiet --set devices=cpu --set output.file='$scratch/own.h5' \
  && '$pstm' compare '$scratch/own.h5' '$scratch/survey/image.h5' --require bit-equal"
check "its text warns of the licences" grep -q "GNU General Public" "$there/README"
finish
