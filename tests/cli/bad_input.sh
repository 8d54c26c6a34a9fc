#!/usr/bin/env bash
# Bad input ends with a clear message and the right exit code, and leaves no file that looks whole.
# usage: bad_input.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"

check "make a survey" "$pstm" synth --preset diffractor --traces 400 --inline 20,25 --crossline 18,25 \
  --time 100,0.004 --out "$scratch/survey"
job=$scratch/survey/job.yaml
good=$scratch/survey/survey.sgy
image=$scratch/image.h5
run=("$pstm" run "$job" --quiet --set output.file="$image")

no_cube() { [ ! -e "$image" ]; }

# bad CODE FRAGMENT WORDS OPTION...: the run is refused and no cube is left.
bad() {
  local code=$1 fragment=$2 words=$3
  shift 3
  refuse "$code" "$fragment" "$words" "${run[@]}" "$@"
  check "$words: no cube is left" no_cube
}

# ---- files ------------------------------------------------------------------------------------------------
size=$(stat -c %s "$good")
head -c $((size - 1000)) "$good" >"$scratch/truncated.sgy"
bad 2 "truncated.sgy" "a truncated SEG-Y file" --set input.segy="$scratch/truncated.sgy"
printf 'This is not seismic data.\n%.0s' $(seq 400) >"$scratch/text.sgy"
bad 2 "text.sgy" "a text file called .sgy" --set input.segy="$scratch/text.sgy"
: >"$scratch/empty.sgy"
bad 2 "empty.sgy" "an empty file" --set input.segy="$scratch/empty.sgy"
bad 2 "nowhere.sgy" "a file that is not there" --set input.segy="$scratch/nowhere.sgy"

# patched FILE PYTHON: a copy of the survey with bytes changed: `b` are its bytes, `n` traces of `t` bytes.
patched() {
  python3 - "$good" "$1" "$2" <<'PY'
import struct, sys
b = bytearray(open(sys.argv[1], "rb").read())
ns = struct.unpack(">H", b[3220:3222])[0]
t = 240 + 4 * ns
n = (len(b) - 3600) // t
heads = [3600 + i * t for i in range(n)]
exec(sys.argv[3])
open(sys.argv[2], "wb").write(b)
PY
}
patched "$scratch/zero_dt.sgy" 'b[3216:3218] = b"\0\0"
for h in heads: b[h+116:h+118] = b"\0\0"'
bad 2 "sample_interval" "a sample interval of zero" --set input.segy="$scratch/zero_dt.sgy"
patched "$scratch/zero_xy.sgy" 'for h in heads: b[h+72:h+88] = bytes(16)'
bad 2 "input.bytes" "coordinates that are all zero" --set input.segy="$scratch/zero_xy.sgy"
patched "$scratch/scalar.sgy" 'for h in heads: b[h+70:h+72] = struct.pack(">h", 12345)'
bad 2 "coordinate_scalar" "an absurd coordinate scalar" --set input.segy="$scratch/scalar.sgy"
patched "$scratch/nan.sgy" 'for h in heads: b[h+240:h+244] = b"\x7f\xc0\0\0"'
bad 2 "no trace is left" "NaN in every trace" --set input.segy="$scratch/nan.sgy"
bad 2 "no trace is left" "NaN in every trace, once more" --set input.segy="$scratch/nan.sgy"

# ---- job files --------------------------------------------------------------------------------------------
# spoiled WORDS FRAGMENT SED: the job file with a line changed.
spoiled() {
  sed "$3" "$job" >"$scratch/survey/spoiled.yaml"
  refuse 1 "$2" "$1" "$pstm" run "$scratch/survey/spoiled.yaml" --set output.file="$image"
  check "$1: no cube is left" no_cube
}
spoiled "an unknown key" "did you mean" 's/^output:.*/&\nmigrat: { weight: none }/'
spoiled "a duplicate key" "duplicate key" 's/^output:.*/&\noutput: { file: other.h5 }/'
bad 1 "migrate.aperture.angle" "a wrong type" --set migrate.aperture.angle=steep
bad 1 "velocity" "a velocity of zero" --set velocity.file=off --set velocity.constant=0
bad 1 "km/s" "a velocity in km/s" --set velocity.file=off --set velocity.constant=2.5
bad 1 "grid.time.step" "a time step of zero" --set grid.time.step=0
bad 1 "antialias" "an option that is not there yet" --set migrate.antialias=triangle
bad 1 "target" "a tile that does not exist" --set target.tiles=[999]
bad 2 "no trace reaches the grid" "a grid far from the data" --set grid.origin=[9000000,9000000]
bad 1 "memory" "too little memory" --set memory="1 MiB"
no_store() { [ ! -e "$image.traces.h5" ] && [ ! -e "$image.dropped.txt" ]; }
rm -f "$image.traces.h5" "$image.dropped.txt"
bad 1 "memory: this job needs at least" "too little memory for a tile" --set memory="100 MiB" \
  --set accept=record_window --set grid.time.n=20000 --set tile.inline=32 --set tile.crossline=32
check "too little memory for a tile: nothing was conditioned" no_store
bad 1 "memory: this job needs at least" "too little memory for the double sums of the reference" \
  --set devices=reference --set memory="226 MiB" --set accept=record_window --set grid.time.n=20000
printf '0.0 2.0\n1.0 2.5\n' >"$scratch/kms.txt"
bad 2 "km/s" "a velocity file in km/s" --set velocity.file="$scratch/kms.txt"
printf '0.0 2000\nabc def\n' >"$scratch/words.txt"
bad 2 "words.txt:2" "a velocity file with words" --set velocity.file="$scratch/words.txt"

# ---- output -----------------------------------------------------------------------------------------------
bad 1 "no_such_folder" "an output folder that is not there" --set output.file="$scratch/no_such_folder/x.h5"
check "migrate" "${run[@]}"
refuse 1 "migrate.weight" "a cube of another job" "${run[@]}" --set migrate.weight=none
check "the cube is untouched" "${run[@]}"
check "--overwrite starts anew" "${run[@]}" --set migrate.weight=none --overwrite
check "a cube stands" test -e "$image"
refuse 1 "memory" "--overwrite with too little memory" "${run[@]}" --set migrate.weight=none --set memory="1 MiB" --overwrite
check "the cube is still there" "$pstm" view "$image" --out "$scratch/still.png" --inline 3
refuse 1 "input file" "--overwrite of an input by another name" "$pstm" run "$job" --overwrite \
  --set output.file="$scratch/survey/./survey.sgy"
refuse 1 "the job reads" "--overwrite of the velocity file" "$pstm" run "$job" --overwrite \
  --set output.file="$scratch/survey/../survey/velocity.txt"
refuse 2 "cubes only" "--overwrite of a file that is no cube" "$pstm" run "$job" --overwrite \
  --set output.file="$scratch/survey/truth.txt"
check "inputs are untouched" grep -q "^[0-9#]" "$scratch/survey/truth.txt" "$scratch/survey/velocity.txt"
check "the survey is untouched" test "$(stat -c %s "$good")" = "$size"
rm -f "$image"*
# The lock that a run holds, held by somebody else.
flock -x "$image.lock" -c "sleep 5" &
holder=$!
sleep 0.5
refuse 1 "another run" "two runs on one cube" "${run[@]}"
refuse 1 "another run" "--overwrite of a cube in work" "${run[@]}" --overwrite
kill $holder 2>/dev/null
pkill -P $holder 2>/dev/null
wait $holder 2>/dev/null

# ---- a trace store that somebody has changed ----------------------------------------------------------------
# forged OFFSET FORMAT VALUE: the kept store with a value of the first row of /trace changed (survey/trace.h).
forge() {
  python3 - "$image.traces.h5" "$1" "$2" "$3" <<'PY'
import struct, sys
b = bytearray(open(sys.argv[1], "rb").read())
row, = struct.unpack("=q", b[72:80])  # io/store/header.h: trace_byte
struct.pack_into("=" + sys.argv[3], b, row + int(sys.argv[2]), int(float(sys.argv[4])))
open(sys.argv[1], "wb").write(b)
PY
}
rm -f "$image"*
kept=("${run[@]}" --set output.keep_store=on)
check "migrate, keeping the traces" "${kept[@]}"
rm -f "$image"
check "a live window beyond the record" forge 60 i 1000000
refuse 2 "row 0 of /trace has fate 0, samples 0 to 1000000 live" "a store with such a row" "${kept[@]}"
rm -f "$image"*
check "migrate, keeping the traces, once more" "${kept[@]}"
rm -f "$image"
printf 'x' | dd of="$image.traces.h5" bs=1 seek=100 conv=notrunc status=none
check "a store with a damaged header is made anew" "${kept[@]}"
rm -f "$image"
printf 'x' | dd of="$image.traces.h5" bs=1 conv=notrunc status=none
bad 2 "move it away" "what does not begin as a store is somebody else's" --set output.keep_store=on
rm -f "$image"*
long=$scratch/$(printf 'a%.0s' $(seq 120))/$(printf 'b%.0s' $(seq 120))
mkdir -p "$long"
check "a path of over 300 characters" "$pstm" run "$job" --quiet --set output.file="$long/image.h5"
refuse 1 "is no kernel" "an unknown kernel" env PSTM_CPU_KERNEL=fast "${run[@]}"
refuse 1 "not that of rank 0" "ranks with different jobs" timeout $((60 * patience)) mpirun -n 1 --bind-to none "${run[@]}" \
  : -n 1 "${run[@]}" --set velocity.scale=2
rm -f "$image"*
echo "precious" >"$image"
refuse 2 "image.h5" "a file that is no cube is not overwritten" "${run[@]}"
check "it is untouched" grep -q precious "$image"
rm -f "$image"
if [ "$(id -u)" = 0 ] && mkdir "$scratch/full" && mount -t tmpfs -o size=2m tmpfs "$scratch/full" 2>/dev/null; then
  refuse 3 "free" "a full disk" "$pstm" run "$job" --quiet --set output.file="$scratch/full/image.h5" \
    --set grid.time.n=1000
  check "a full disk: no cube is left" test ! -e "$scratch/full/image.h5"
  umount "$scratch/full"
else
  echo "skipped: a full disk (needs root and tmpfs)"
fi
if [ "$(id -u)" != 0 ]; then
  mkdir "$scratch/locked" && chmod 555 "$scratch/locked"
  refuse 3 "locked" "an output folder that is not writable" "$pstm" run "$job" --set output.file="$scratch/locked/x.h5"
elif mkdir "$scratch/locked" && mount -t tmpfs -o ro,size=1m tmpfs "$scratch/locked" 2>/dev/null; then
  refuse 3 "locked" "an output folder that is not writable" "$pstm" run "$job" --set output.file="$scratch/locked/x.h5"
  umount "$scratch/locked"
else
  echo "skipped: an output folder that is not writable (root may write everywhere, and may not mount here)"
fi

# An error on one rank of many ends all of them, with that rank's message.
refuse 2 "truncated.sgy" "4 ranks and a truncated file" timeout $((60 * patience)) mpirun -n 4 --oversubscribe --bind-to none \
  "${run[@]}" --set input.segy="$scratch/truncated.sgy"
refuse 1 "there is no command" "an unknown command" "$pstm" migrat
refuse 1 "exactly one job file" "no job file" "$pstm" run
refuse 1 "nowhere.yaml" "a job file that is not there" "$pstm" run "$scratch/nowhere.yaml"

# Options of a command: those that count each may be repeated, others not.
two_points() {
  "$pstm" synth --traces 50 --diffractor 100,100,200 --diffractor 200,200,300 --out "$scratch/points" &&
    [ "$(grep -c '^diffractor' "$scratch/points/truth.txt")" = 2 ]
}
check "two points of a survey" two_points
refuse 1 "--window is given twice" "a view of two windows" "$pstm" view "$image" --window 0,1 --window 1,2
finish
