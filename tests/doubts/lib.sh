# Shared by the scripts of doubts: source it with the program as $1 and a scratch folder as $2. Makes a good survey, a
# point diffractor under 400 traces, of which each script spoils copies:
#   $job    its job file          $good   its SEG-Y file
here=$(dirname "${BASH_SOURCE[0]}")
source "$here/../cli/lib.sh"
check "make a survey" "$pstm" synth --preset diffractor --traces 400 --inline 20,25 --crossline 18,25 \
  --time 100,0.004 --out "$scratch/survey"
job=$scratch/survey/job.yaml
good=$scratch/survey/survey.sgy
image=$scratch/image.h5

# patched FILE PYTHON: a copy of the survey with bytes changed: `b` are its bytes, `n` traces of `t` bytes that begin
# at `heads`, `ns` samples each. put(at, byte, code, value) writes a number at a byte (from 1) behind `at`.
patched() {
  python3 - "$good" "$1" "$2" <<'PY'
import struct, sys
b = bytearray(open(sys.argv[1], "rb").read())
ns = struct.unpack(">H", b[3220:3222])[0]
t = 240 + 4 * ns
n = (len(b) - 3600) // t
heads = [3600 + i * t for i in range(n)]
def put(at, byte, code, value): struct.pack_into(">" + code, b, at + byte - 1, value)
exec(sys.argv[3])
open(sys.argv[2], "wb").write(b)
PY
}

run_job() {
  rm -f "$image" "$image".*
  "$pstm" run "$job" --quiet --set output.file="$image" "$@" >"$scratch/out.txt" 2>&1
}

# doubted CODE ID FIGURE WORDS [OPTION...]: the run ends with this code and raises the doubt, whose line holds the
# figure; it is an error where the code is not 0.
doubted() {
  local code=$1 id=$2 figure=$3 words=$4 grade=error got
  shift 4
  [ "$code" = 0 ] && grade=warning
  run_job "$@"
  got=$?
  [ "$got" = "$code" ] && grep -F -- "pstm run: $grade: [$id] " "$scratch/out.txt" | grep -qF -- "$figure"
  result $? "$words: exit code $got, wanted $code with $grade [$id] and: $figure"
}

# accepted ID WORDS [OPTION...]: with `accept: [ID]` the run goes on and the cube has a line about it. A warning is then
# silent, an error a warning.
accepted() {
  local id=$1 words=$2
  shift 2
  run_job "$@" --set accept="[$id]" && h5dump -a doubts "$image" 2>/dev/null | grep -qF "[$id]"
  result $? "$words: accepted and kept"
}

# undoubted WORDS [OPTION...]: the run succeeds and raises no doubt at all.
undoubted() {
  local words=$1
  shift
  run_job "$@" && ! grep -E '(warning|error): \[' "$scratch/out.txt"
  result $? "$words: no doubt"
}
