#!/usr/bin/env bash
# All C sources are formatted as .clang-format says. Skips (77) without clang-format.
set -u
cd "$1" || exit 2
command -v clang-format >/dev/null || { echo "skipped: clang-format is not installed"; exit 77; }
find src io mpi gpu tests -name '*.[ch]' -o -name '*.inc' | xargs clang-format --dry-run -Werror
