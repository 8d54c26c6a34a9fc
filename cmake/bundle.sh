#!/usr/bin/env bash
# Makes a relocatable folder of the program, the job scripts and the shared libraries that it needs beyond
# glibc, the driver, MPI and what MPI itself brings. usage: bundle.sh PSTM SOURCE_FOLDER FOLDER
set -euo pipefail
pstm=$1 source=$2 folder=$3
command -v patchelf >/dev/null || { echo "bundle: patchelf is missing; install the package patchelf" >&2; exit 1; }
rm -rf "$folder"
mkdir -p "$folder/bin" "$folder/lib"
cp "$pstm" "$folder/bin/pstm"
cp -r "$source/jobscripts" "$folder/jobscripts"
cp "$source/LICENSE" "$folder/LICENSE"

# The site's own: glibc, the C++ run time that the driver shares, the driver, MPI and what comes with it.
site='/(ld-linux[-a-z0-9_]*|lib(c|m|dl|pthread|rt|resolv|cuda|mpi|open-rte|open-pal|hwloc|event[a-z_]*-[0-9.]*|udev|pmix|z))\.so'
missing=$(ldd "$pstm" | grep 'not found' || true)
[ -z "$missing" ] || { echo "bundle: $missing" >&2; exit 1; }
ldd "$pstm" | awk '/=> \//{print $3}' | grep -vE "$site" | while read -r library; do
  cp -L "$library" "$folder/lib/"
  patchelf --set-rpath '$ORIGIN' "$folder/lib/$(basename "$library")"
done
patchelf --set-rpath '$ORIGIN/../lib' "$folder/bin/pstm"

cat >"$folder/README" <<'TEXT'
pstm with the shared libraries it needs beyond glibc, MPI and the GPU's driver, which are the machine's own. The MPI must
be of the version it was built with. Move the folder where you like and start bin/pstm; jobscripts/ has job scripts.

The program itself is under the licence in LICENSE. It is linked with FFTW, which is under the GNU General Public
License, version 2 or later: so the binary as a whole is under the GPL. The GPL does not allow a binary that also holds
NVIDIA's CUDA libraries (a build with -DPSTM_CUDA=ON does) to be passed on: use such a bundle on your own machines
only, and pass on the source instead.
TEXT
tar -C "$(dirname "$folder")" -czf "$folder.tar.gz" "$(basename "$folder")"
echo "$folder.tar.gz"
