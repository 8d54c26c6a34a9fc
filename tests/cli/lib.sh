# Shared by the command tests: source it with the program as $1 and a scratch folder as $2.
set -u
pstm=$1
scratch=$2
rm -rf "$scratch"
mkdir -p "$scratch"
patience=${PSTM_TEST_PATIENCE:-1} # times each deadline, as ctest does with its own
passed=0
failed=0

# result CODE WORDS: counts and prints what a check came to; what it said is in $scratch/out.txt.
result() {
  if [ "$1" = 0 ]; then
    passed=$((passed + 1))
    echo "ok      $2"
  else
    failed=$((failed + 1))
    echo "FAILED  $2"
    sed 's/^/        /' "$scratch/out.txt" | tail -n 15
  fi
}

# check WORDS COMMAND...: runs the command; it must succeed.
check() {
  local words=$1
  shift
  "$@" >"$scratch/out.txt" 2>&1
  result $? "$words"
}

# refuse CODE FRAGMENT WORDS COMMAND...: the command must end with this exit code and say the fragment, and
# must not die of a signal.
refuse() {
  local code=$1 fragment=$2 words=$3
  shift 3
  "$@" >"$scratch/out.txt" 2>&1
  local got=$?
  if [ "$got" = "$code" ] && grep -qF -- "$fragment" "$scratch/out.txt"; then
    passed=$((passed + 1))
    echo "ok      $words"
  else
    failed=$((failed + 1))
    echo "FAILED  $words: exit code $got, wanted $code with: $fragment"
    sed 's/^/        /' "$scratch/out.txt" | tail -n 15
  fi
}

# ranks N COMMAND...: under mpirun, with more ranks than cores allowed.
ranks() {
  local n=$1
  shift
  mpirun -n "$n" --oversubscribe --bind-to none "$@"
}

# with_least_memory COMMAND...: the command with `--set memory=` behind it, of the least that is not refused: each refusal
# names what the part that it knows of needs.
with_least_memory() {
  local mib=1 i
  for i in 1 2 3 4; do
    "$@" --set memory="$mib MiB" >"$scratch/least.txt" 2>&1 && echo "$mib MiB" && return 0
    mib=$(grep -o 'at least [0-9]* MiB' "$scratch/least.txt" | tr -dc '0-9')
    [ -n "$mib" ] || break
  done
  cat "$scratch/least.txt"
  return 1
}

finish() {
  rm -rf "$scratch"
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
  exit $?
}
