#!/usr/bin/env bash
# All C sources are formatted as .clang-format says, and no line is wider than 110: comments too, which clang-format
# leaves alone so that tables stay tables. Skips (77) without clang-format.
set -u
cd "$1" || exit 2
command -v clang-format >/dev/null || { echo "skipped: clang-format is not installed"; exit 77; }
files=$(find src io mpi gpu tests -name '*.[ch]' -o -name '*.inc' -o -name '*.cu')
echo "$files" | xargs awk 'length > 110 { print FILENAME ":" FNR ": wider than 110"; bad = 1 } END { exit bad }' || exit 1
echo "$files" | grep -v '\.cu$' | xargs clang-format --dry-run -Werror
