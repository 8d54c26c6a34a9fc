#!/usr/bin/env bash
# Additions stay local: each patch of this folder adds an entry to a list of the program (README.md). They are applied to
# a copy of the tree, their files are counted and their text is looked at, the copy is built, the suites run, and the new
# words are looked for in `pstm keys`, in `pstm bench` and in cubes.
# usage: run.sh PSTM SCRATCH SOURCE [each]   each: a copy for each patch alone, in place of one copy for all
source "$(dirname "$0")/../cli/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
source=$3
additions=(weight law bins operator command)
declare -A word=([weight]=spread2d [law]=fourth [bins]=octant [operator]=count [command]=axes)
declare -A key=([weight]=migrate.weight [law]=migrate.traveltime [bins]=bins.kind [operator]=migrate.operator)
declare -A most_files=([weight]=2 [law]=3 [bins]=3 [operator]=3 [command]=2)

# What tests them: targets of the build, and a pattern for ctest.
formula_targets="with_kernel test_contract_cpu test_contract_reference test_contract_paranoid test_random_jobs test_devices
  test_guard_pages test_spans"
formula_tests="test_contract_(cpu_.*|reference|paranoid)|test_random_jobs|test_devices|test_guard_pages|test_spans"
declare -A targets=([weight]="test_weights $formula_targets" [law]="test_laws $formula_targets" [bins]=test_bins
  [operator]=test_worker [command]=test_command)
declare -A tests=([weight]="test_weights|$formula_tests" [law]="test_laws|$formula_tests" [bins]="test_bins|mpi_bins"
  [operator]=test_worker [command]=test_command)

# ---- the patch itself ----

few_files() {
  local files
  files=$(git apply --numstat "$here/$1.patch" | cut -f 3 | grep -vE '^(tests|docs)/')
  echo "$files"
  [ "$(wc -l <<<"$files")" -le "${most_files[$1]}" ]
}

# added_to old|new ADDITION: the lines that a patch adds to files that the tree has, or as files of their own, without texts;
# tests apart.
added_to() {
  awk -v wanted="$1" '
    /^--- / { kind = $2 == "/dev/null" ? "new" : "old"; next }
    /^\+\+\+ / { is_test = $2 ~ /^b\/(tests|docs)\//; next }
    /^\+/ && kind == wanted && !is_test { gsub(/"[^"]*"/, "\"\""); print substr($0, 2) }
    ' "$here/$2.patch"
}

# Files of the tree get no decision at all, new ones none on which entry is meant.
no_choice_by_name() {
  ! added_to old "$1" | grep -nE '\<(if|switch|case|strcmp)\>|\?' &&
    ! added_to new "$1" | grep -nE "\<(switch|case|strcmp)\>|\<if\>.*\<PSTM_[A-Z]+_${word[$1]^^}\>"
}

# ---- a copy of the tree ----

copy_tree() { mkdir -p "$1" && tar -C "$source" --exclude-vcs --exclude='./build*' -cf - . | tar -C "$1" -xf -; }

# apply ADDITION COPY; the repository round the scratch folder is none of git's business. One line of context is enough: an
# entry that others of the program have come next to goes between its own two neighbours.
apply() {
  (cd "$2" && GIT_CEILING_DIRECTORIES=$(dirname "$2") git apply -C1 "$here/$1.patch") && return
  echo "The tree has moved on. In a clean checkout: git apply --3way tests/additions/$1.patch, put it right, git add -A,"
  echo "git diff --cached --full-index -- . ':!tests/additions' >new.patch && mv new.patch tests/additions/$1.patch"
  return 1
}

# configure COPY PRESET [OPTION...]; one code in each kernel, since one for each law and weight takes minutes to compile
configure() {
  local launcher=()
  command -v ccache >/dev/null && launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache)
  (cd "$1" && cmake --preset "$2" -DPSTM_TESTS=ON -DPSTM_WERROR=ON -DPSTM_ONE_KERNEL_CODE=ON "${launcher[@]}" "${@:3}")
}

# build COPY PRESET TARGET...
build() { (cd "$1" && CCACHE_BASEDIR=$1 CCACHE_NOHASHDIR=1 cmake --build --preset "$2" --target "${@:3}"); }

# All kernels of the sum, for one architecture.
compile_cuda() { configure "$1" cuda -DCMAKE_CUDA_ARCHITECTURES=90 && build "$1" cuda pstm_gpu; }

run_tests() { ctest --test-dir "$1/build/ci" -j 2 --no-tests=error --output-on-failure -R "^($2)$"; }

# ---- the new words ----

in_keys() { "$new" keys | grep -F "| \`${key[$1]}\` |" | grep -F "\`${word[$1]}\`"; }

in_bench() { grep -w "${word[$1]}" "$scratch/bench.txt"; }

# migrate RANKS NAME SETTING...: into $scratch/NAME.h5
migrate() {
  local n=$1 cube=$scratch/$2.h5 setting settings=()
  for setting in "${@:3}"; do settings+=(--set "$setting"); done
  ranks "$n" "$new" run "$scratch/survey/job.yaml" --set devices=cpu --set output.file="$cube" "${settings[@]}"
}

# The job in a cube's attributes, which lie in the file as they are.
in_cube() { grep -aE "${key[$1]##*.}: *${word[$1]}" "$scratch/$2.h5"; }

check_words() {
  local name settings=()
  check "a survey is made" "$new" synth --preset diffractor --traces 500 --inline 20,25 --crossline 18,25 --time 100,0.004 \
    --out "$scratch/survey"
  case " $* " in *" weight "* | *" law "*) "$new" bench --quick >"$scratch/bench.txt" ;; esac
  for name in "$@"; do
    [ "$name" = command ] || check "$name: ${word[$name]} stands in pstm keys" in_keys "$name"
    case $name in weight | law) check "$name: ${word[$name]} has rows in pstm bench" in_bench "$name" ;; esac
    case $name in weight | law | bins) settings+=("${key[$name]}=${word[$name]}") ;; esac
  done
  check "an image is migrated${settings[*]:+ with ${settings[*]}}" migrate 2 image output.gathers=on "${settings[@]}"
  for name in "$@"; do
    case $name in
      weight | law | bins) check "$name: the cube names ${word[$name]}" in_cube "$name" image ;;
      operator)
        check "operator: a cube is made by it" migrate 1 counts "migrate.operator=${word[operator]}"
        check "operator: the same on 3 ranks" migrate 3 again "migrate.operator=${word[operator]}" tile.inline=32
        check "operator: bit-equal" "$new" compare "$scratch/counts.h5" "$scratch/again.h5" --require bit-equal
        check "operator: the cube names ${word[operator]}" in_cube operator counts
        ;;
      command)
        check "command: pstm lists it" grep -w "${word[command]}" <("$new" --help)
        check "command: it prints the axes" grep -E '^twt +100 +0 to 0.396 s$' <("$new" "${word[command]}" "$scratch/image.h5")
        ;;
    esac
  done
  rm -rf "$scratch/survey" "$scratch"/*.h5* "$scratch/bench.txt"
}

# ---- all of it ----

# try ADDITION...: in one copy.
try() {
  local copy=$scratch/copy name pattern=test_job_manual goals="pstm test_job_manual"
  new=$copy/build/ci/src/commands/pstm
  rm -rf "$copy"
  check "the tree is copied" copy_tree "$copy"
  for name in "$@"; do
    check "$name: the patch touches few files" few_files "$name"
    check "$name: nothing asks which entry is meant" no_choice_by_name "$name"
    check "$name: the patch applies" apply "$name" "$copy"
    pattern+="|${tests[$name]}" goals+=" ${targets[$name]}"
  done
  [ "$failed" = 0 ] || return
  check "$*: configured" configure "$copy" ci
  # shellcheck disable=SC2086
  check "$*: built without a warning" build "$copy" ci $(tr ' ' '\n' <<<"$goals" | sort -u)
  check "the manual is written anew" env PSTM_WRITE=1 "$copy/build/ci/tests/job/test_job_manual"
  check "$*: the suites pass" run_tests "$copy" "$pattern"
  check_words "$@"
  if command -v nvcc >/dev/null; then
    check "$*: the CUDA code compiles" compile_cuda "$copy"
  else
    echo "skipped $*: the CUDA code is not compiled, since there is no nvcc"
  fi
}

PATH=$PATH:/usr/local/cuda/bin
if [ "${4:-}" = each ]; then
  for addition in "${additions[@]}"; do try "$addition"; done
else
  try "${additions[@]}"
fi
finish
