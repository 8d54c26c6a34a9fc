#!/usr/bin/env bash
# Several units of a device in one rank (GPUs; here the device paranoid plays them): the bits of one, and one
# that fails costs itself only. On GPUs: units.sh PSTM SCRATCH cuda, where two are visible.
# usage: units.sh PSTM SCRATCH [DEVICE]
source "$(dirname "$0")/../cli/lib.sh"
device=${3:-paranoid}

check "make a survey" "$pstm" synth --preset diffractor --traces 1500 --noise 0.1 \
  --inline 52,25 --crossline 45,25 --time 150,0.004 --out "$scratch/survey"

# migrate NAME RANKS OPTION...: into $scratch/NAME.h5
migrate() {
  local name=$1 n=$2
  shift 2
  timeout $((90 * patience)) mpirun -n "$n" --oversubscribe --bind-to none "$pstm" run "$scratch/survey/job.yaml" --quiet \
    --set devices="$device" --set output.file="$scratch/$name.h5" --set offsets.first=150 --set offsets.step=200 \
    --set offsets.n=3 --set output.gathers=on "$@" 2>&1 | tee "$scratch/$name.txt"
  return "${PIPESTATUS[0]}"
}
same() {
  "$pstm" compare "$scratch/$1.h5" "$scratch/one.h5" --require bit-equal &&
    "$pstm" compare --dataset gather "$scratch/$1.h5" "$scratch/one.h5" --require bit-equal
}
# used NAME UNIT...: tiles were migrated by just these
used() {
  local name=$1
  shift
  [ "$(tail -n +2 "$scratch/$name.h5.profile.csv" | cut -d, -f3 | sort -u | tr '\n' ' ')" = "$(printf '%s ' "$@")" ]
}
said() { grep -F -- "$2" "$scratch/$1.txt"; }

if [ "$device" = paranoid ]; then export PSTM_PARANOID_UNITS=1; else export CUDA_VISIBLE_DEVICES=0; fi
check "one rank, one unit" migrate one 1
check "one rank, one unit: it did all" used one "$device:0"
if [ "$device" = paranoid ]; then export PSTM_PARANOID_UNITS=2; else export CUDA_VISIBLE_DEVICES=0,1; fi
# One worker may be done before the other begins: a slow tile each gives both time.
PSTM_FAULT=tile:-1:slow check "one rank, two units" migrate two 1
check "one rank, two units: bit-equal" same two
check "one rank, two units: both worked" used two "$device:0" "$device:1"
check "the same aperture statistics" python3 -c "
import json
a, b = (json.load(open('$scratch/%s.h5.profile.json' % n))['aperture'] for n in ('one', 'two'))
assert a == b, (a, b)"
check "the profile tells what the units measured of themselves" python3 -c "
import csv, json
p = json.load(open('$scratch/two.h5.profile.json'))
assert p['unit']['n_units'] == 2 and p['unit']['contributions_per_s'] > 0, p['unit']
assert p['unit'] == p['ranks'][0]['unit'], p['ranks'][0]
assert 0 < p['unit']['busy_s'] <= 2 * p['wall_s'], p['unit']
steps = p['unit']['steps_s']
assert all(steps[s] > 0 for s in ('copy_in', 'migrate', 'read_back')), steps
for s in steps:
    of_tiles = sum(t['steps_s'][s] for t in p['tiles'])
    in_csv = sum(float(t['unit_%s_s' % s]) for t in csv.DictReader(open('$scratch/two.h5.profile.csv')))
    assert abs(of_tiles - in_csv) < 1e-3 and of_tiles <= steps[s] + 1e-3, (s, of_tiles, in_csv, steps)"
check "one rank, two units, shuffled tiles" env PSTM_SHUFFLE_TILES=3 bash -c "$(declare -f migrate); \
  pstm=$pstm scratch=$scratch device=$device; migrate shuffled 1"
check "one rank, two units, shuffled tiles: bit-equal" same shuffled
PSTM_FAULT=tile:-1:slow check "two ranks, two units" migrate ranks 2
check "two ranks, two units: bit-equal" same ranks
check "three ranks, two units" migrate many 3
check "three ranks, two units: bit-equal" same many
check "ranks that share a unit are warned" said many "2 ranks on"
if [ "$device" = paranoid ]; then
  check "the warning names the unit" said many PARANOID-0
  PSTM_PARANOID_UNITS=3 PSTM_FAULT=tile:-1:slow check "two ranks, three units" migrate three 2
  check "two ranks, three units: all worked" used three paranoid:0 paranoid:1 paranoid:2
  check "two ranks, three units: bit-equal" same three
fi

PSTM_FAULT=cuda:launch:4 check "a launch fails on one of two units" migrate launch 1
check "a launch fails: the other unit goes on" said launch "is left out and its tiles go to others"
check "a launch fails: bit-equal" same launch
PSTM_FAULT=cuda:memory:2 check "no memory on one of two units" migrate memory 1
check "no memory on one of two units: bit-equal" same memory
PSTM_FAULT=cuda:launch:-1 refuse 3 "while migrating tile" "launches fail on both units" migrate both 1
check "launches failed on both units, then the same command" migrate both 1
check "launches failed on both units: bit-equal" same both
finish
