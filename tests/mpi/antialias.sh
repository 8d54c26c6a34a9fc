#!/usr/bin/env bash
# migrate.antialias: bank through a whole run: the same bits over ranks, tiles, memory, time windows and a trace
# store that is there; what shapes the copies makes the store anew; another coefficient is another image.
# usage: antialias.sh PSTM SCRATCH [DEVICE]
source "$(dirname "$0")/../cli/lib.sh"
device=${3:-reference}

check "make a survey" "$pstm" synth --preset diffractor --traces 1200 --noise 0.1 --dead 0.02 \
  --inline 36,40 --crossline 20,40 --time 100,0.008 --out "$scratch/survey"
job=$scratch/survey/job.yaml

# migrate NAME RANKS OPTION...: into $scratch/NAME.h5
migrate() {
  local name=$1 n=$2
  shift 2
  ranks "$n" "$pstm" run "$job" --quiet --set devices="$device" --set output.file="$scratch/$name.h5" \
    --set migrate.antialias=bank "$@"
}
equal() { "$pstm" compare "$scratch/$1.h5" "$scratch/$2.h5" --require bit-equal; }
differ() { ! equal "$1" "$2"; }

check "one rank, which keeps its trace store" migrate base 1 --set output.keep_store=on
check "off" migrate off 1 --set migrate.antialias=off
check "antialias changes the image" differ base off
check "2 ranks, tiles of 32 x 16" migrate ranks2 2 --set tile.inline=32
check "2 ranks, tiles of 32 x 16: bit-equal" equal ranks2 base
check "one trace at a time" migrate single 1 --set optimise.batch=off
check "one trace at a time: bit-equal" equal single base

# The smallest budget that is not refused, so that the leaf cache must drop leaves.
check "the smallest memory budget" with_least_memory migrate small 1
check "the smallest memory budget: bit-equal" equal small base

# again OPTION...: once more beside the store of base, whose cube goes; what it says is kept.
again() {
  rm -f "$scratch/base.h5" "$scratch/base.h5.journal"
  ranks 1 "$pstm" run "$job" --set devices="$device" --set output.file="$scratch/base.h5" \
    --set migrate.antialias=bank --set output.keep_store=on "$@" >"$scratch/again.txt" 2>&1
}
check "a run beside the kept store" again
check "takes it" grep -q "reusing conditioned traces from" "$scratch/again.txt"
check "and gives the same bits" equal base small
check "a coefficient with as many copies" again --set migrate.antialias_coefficient=1.01
check "takes it too" grep -q "reusing conditioned traces from" "$scratch/again.txt"
check "a coefficient with more copies" again --set migrate.antialias_coefficient=2
check "makes it anew" grep -q "conditioning" "$scratch/again.txt"
check "and another image" differ base small
refuse 1 "antialias_coefficient" "a coefficient out of range is refused" \
  "$pstm" run "$job" --set migrate.antialias=bank --set migrate.antialias_coefficient=0
finish
