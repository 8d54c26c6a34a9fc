#!/usr/bin/env bash
# The device cuda on a real GPU: the contract suite, the physics tests, and through whole jobs NRMS against the reference
# device, the same bits for any tiles, batches, ranks and cache, faults in the middle, and compute-sanitizer. Where two
# GPUs are visible it also runs ../mpi/units.sh. About 2 minutes on an H100.
# usage: real.sh PSTM SCRATCH CONTRACT PHYSICS     CONTRACT: the program test_contract_cuda
#   PHYSICS: the folder of test_focus, test_reflector, test_operator_aliasing and test_sum
# Without a GPU it skips (77), unless PSTM_REQUIRE_GPU=1 is set. PSTM_REAL_DEVICE=paranoid tests the script itself.
source "$(dirname "$0")/../cli/lib.sh"
contract=$3
physics=$4
device=${PSTM_REAL_DEVICE:-cuda}
here=$(cd "$(dirname "$0")" && pwd)
if [ "$(id -u)" = 0 ]; then export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1; fi
export CK_DEFAULT_TIMEOUT=600

timeout $((300 * patience)) "$contract" >"$scratch/contract.txt" 2>&1
code=$?
if [ "$device" = cuda ] && [ $code = 77 ]; then
  cat "$scratch/contract.txt"
  rm -rf "$scratch"
  exit 77
fi
if command -v nvidia-smi >/dev/null; then nvidia-smi -L; fi
contract_passed() { tail -n 20 "$scratch/contract.txt"; [ "$1" = 0 ]; }
check "the contract suite" contract_passed $code

for program in test_focus test_reflector test_operator_aliasing test_sum; do
  check "physics: $program" env PSTM_PHYSICS_DEVICE="$device" timeout $((300 * patience)) "$physics/$program"
done

# ---- values ----

check "make surveys" sh -c "'$pstm' synth --preset diffractor --traces 2500 --record 4000,0.002 --noise 0.1 --dead 0.02 \
  --inline 200,8 --crossline 200,8 --time 200,0.004 --out '$scratch/survey' && '$pstm' synth --preset demo --out '$scratch/demo' &&
  '$pstm' synth --preset diffractor --traces 600 --inline 40,25 --crossline 33,25 --time 150,0.004 --out '$scratch/small'"
job=$scratch/survey/job.yaml
classes=(--set offsets.first=150 --set offsets.step=200 --set offsets.n=3 --set output.gathers=on)

# run_job JOB NAME RANKS OPTION...: into $scratch/NAME.h5, with a deadline
run_job() {
  local job=$1 name=$2 n=$3
  shift 3
  timeout $((120 * patience)) mpirun -n "$n" --oversubscribe --bind-to none "$pstm" run "$job" --quiet --set devices="$device" \
    --set output.file="$scratch/$name.h5" "$@" 2>&1 | tee "$scratch/$name.txt"
  return "${PIPESTATUS[0]}"
}
migrate() { run_job "$job" "$1" "$2" "${classes[@]}" "${@:3}"; }
# within LIMIT JOB OPTION...: the device against the reference
within() {
  run_job "$2" near 1 "${@:3}" && run_job "$2" reference 1 "${@:3}" --set devices=reference &&
    "$pstm" compare "$scratch/near.h5" "$scratch/reference.h5" --max-nrms "$1"
  local code=$?
  rm -f "$scratch"/near.h5* "$scratch"/reference.h5*
  return $code
}
near() { within 1e-4 "$@" --set optimise.fast_math=off; }
near_fast() { within 3e-4 "$@" --set optimise.fast_math=on; }
check "demo: under 1e-4 NRMS of the reference" near "$scratch/demo/job.yaml"
check "demo with antialias and taper: under 1e-4 NRMS" near "$scratch/demo/job.yaml" --set migrate.antialias=bank \
  --set migrate.aperture.taper=0.2
check "three classes, no weight: under 1e-4 NRMS" near "$job" "${classes[@]}" --set migrate.weight=none
check "demo with fast_math: under 3e-4 NRMS" near_fast "$scratch/demo/job.yaml"
check "three classes with fast_math and a taper: under 3e-4 NRMS" near_fast "$job" "${classes[@]}" \
  --set migrate.aperture.taper=0.2

# ---- bits ----

equal() {
  "$pstm" compare "$scratch/$1.h5" "$scratch/base.h5" --require bit-equal &&
    "$pstm" compare --dataset gather "$scratch/$1.h5" "$scratch/base.h5" --require bit-equal
}
# same WORDS NAME RANKS OPTION...
same() {
  local words=$1 name=$2
  same_bits() { migrate "$@" && equal "$1"; }
  check "bit-equal: $words" same_bits "${@:2}"
  rm -f "$scratch/$name.h5"*
}
check "one rank" migrate base 1
same "2 ranks" ranks2 2
same "4 ranks" ranks4 4
same "tiles of 16 x 48" tiles 1 --set tile.crossline=48
same "tiles of 128 x 128, 2 ranks" large 2 --set tile.inline=128 --set tile.crossline=128
PSTM_SHUFFLE_TILES=7 same "tiles in another order" shuffled 2
same "one trace at a time" single 1 --set optimise.batch=off
PSTM_CUDA_CACHE_MIB=1 same "room for 2,000 of the traces on the GPU" cache 1
same "a time window" window 1 --set target.time=[0.21,0.53]
same "some tiles" subset 2 --set target.tiles=[1,5-60]

# The bits of an old program, where pack.sh put one beside this.
old=$(dirname "$pstm")/pstm-old
pins() {
  bash "$here/../pins/run.sh" "$old" "$pstm" --devices "$device" --jobs 60 --scratch "$scratch/pins" | grep -v ': equal$'
  return "${PIPESTATUS[0]}"
}
if [ -x "$old" ]; then check "bit-equal: an old program and this one (pins)" pins; fi

# ---- faults ----

# survives WORDS FRAGMENT FAULT RANKS: the fragment is said and the image is right
survives() {
  local words=$1 fragment=$2 fault=$3 n=$4
  right() {
    PSTM_FAULT=$fault migrate fault "$n" && equal fault &&
      { [ -z "$fragment" ] || grep -F -- "$fragment" "$scratch/fault.txt"; }
  }
  check "bit-equal: $words" right
  rm -f "$scratch"/fault.h5*
}
left_out="is left out and its tiles go to others"
first=9 # of the launches that fail; the device paranoid makes more of them
if [ "$device" = paranoid ]; then first=40; fi
# Slow tiles, so that rank 1 gets some, however early rank 0 begins.
survives "a launch fails in the middle, the other rank goes on" "$left_out" tile:-1:slow,rank:1:cuda:launch:3 2
if [ "$device" = cuda ]; then
  survives "a launch fails on one of a GPU's two threads" "$left_out" cuda:launch:$first 1
fi
one_gpu=${CUDA_VISIBLE_DEVICES:-0}
one_gpu=${one_gpu%%,*}
fails_in_the_middle() { # on all threads of the only GPU, after the first tiles
  CUDA_VISIBLE_DEVICES=$one_gpu PSTM_FAULT=cuda:launch:$first,cuda:launch:$((first + 1)) migrate resumed 1
  [ $? = 3 ] && grep -F "while migrating tile" "$scratch/resumed.txt" && grep -c '^chunk' "$scratch/resumed.h5.journal"
}
check "the only GPU fails in the middle: exit code 3, some tiles are written" fails_in_the_middle
check "the same command goes on" migrate resumed 1
check "bit-equal: the only GPU failed in the middle" equal resumed
if [ "$device" = cuda ]; then
  survives "no memory for a tile: fewer traces at a time" "" cuda:memory:12 1
  refuse 3 "out of device memory" "no memory at all" env PSTM_FAULT=cuda:memory:-1 "$pstm" run "$job" --quiet \
    --set devices=cuda --set output.file="$scratch/memory.h5"
fi

# ---- several GPUs ----

if [ "$device" = cuda ] && [ "$(nvidia-smi -L | wc -l)" -ge 2 ]; then
  check "two GPUs (units.sh)" timeout $((300 * patience)) bash "$here/../mpi/units.sh" "$pstm" "$scratch/units" cuda
fi
if [ "$device" = cuda ]; then
  check "GPU and processors mixed (mixed.sh)" timeout $((300 * patience)) bash "$here/../mpi/mixed.sh" "$pstm" "$scratch/mixed" cuda,cpu
fi

# ---- compute-sanitizer ----

PATH=$PATH:/usr/local/cuda/bin
# clean TOOL OPTION...: it finds nothing in a small job
clean() {
  local tool=$1
  shift
  rm -f "$scratch"/sane.h5*
  timeout $((300 * patience)) compute-sanitizer --tool "$tool" --error-exitcode 9 "$pstm" run "$scratch/small/job.yaml" --quiet \
    --set devices=cuda --set threads=2 --set output.file="$scratch/sane.h5" "$@" >"$scratch/sane.txt" 2>&1
  local code=$?
  tail -n 15 "$scratch/sane.txt"
  [ $code = 0 ] && grep -E "SUMMARY: 0 (errors|hazards)" "$scratch/sane.txt"
}
if [ "$device" = cuda ] && command -v compute-sanitizer >/dev/null; then
  for tool in memcheck racecheck; do
    check "$tool" clean $tool
    check "$tool, antialias and taper" clean $tool --set migrate.antialias=bank --set migrate.aperture.taper=0.2
  done
elif [ "$device" = cuda ]; then
  echo "left out: there is no compute-sanitizer"
fi
finish
