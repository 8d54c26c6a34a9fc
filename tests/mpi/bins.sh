#!/usr/bin/env bash
# Each kind of bins that `pstm keys` lists: its gathers are bit-equal over ranks and tiles, the cube names it, its
# classes together hold what one class with all traces holds, and a later run of the same job goes on with it.
# usage: bins.sh PSTM SCRATCH
source "$(dirname "$0")/../cli/lib.sh"

# Settings of a kind that is nothing without options; such that every trace is in a class.
declare -A options=([offset]="--set offsets.first=50 --set offsets.step=100 --set offsets.n=10")

check "make a survey" "$pstm" synth --preset diffractor --traces 1500 --noise 0.1 --offsets 0,900 \
  --inline 40,25 --crossline 35,25 --time 120,0.004 --out "$scratch/survey"

# migrate NAME RANKS KIND OPTION...: into $scratch/NAME.h5
migrate() {
  local name=$1 n=$2 kind=$3
  shift 3
  # shellcheck disable=SC2086
  ranks "$n" "$pstm" run "$scratch/survey/job.yaml" --set devices=cpu --set output.file="$scratch/$name.h5" \
    --set output.gathers=on ${kind:+--set bins.kind=$kind ${options[$kind]:-}} "$@"
}

same_fold() {
  "$pstm" compare "$scratch/$1.h5" "$scratch/whole.h5" --dataset stack --max-nrms 1e-6 | grep "folds that differ: 0 of"
}

nothing_left() {
  migrate "$1" 2 "$1" >"$scratch/again.txt" 2>&1 && grep "0 tiles to migrate" "$scratch/again.txt"
}

kinds=$("$pstm" keys | sed -n 's/^| `bins.kind` | \([^|]*\) |.*/\1/p' | tr -d '`,' | sed 's/ or / /')
check "the manual lists the kinds" test "${kinds%% *}" = auto
check "no kind: one class with all traces" migrate whole 1 ""
for kind in ${kinds#auto }; do
  check "$kind: one rank" migrate "$kind" 1 "$kind"
  check "$kind: 3 ranks, larger tiles" migrate many 3 "$kind" --set tile.inline=32 --set tile.crossline=32
  check "$kind: gathers bit-equal" "$pstm" compare --dataset gather "$scratch/$kind.h5" "$scratch/many.h5" \
    --require bit-equal
  check "$kind: the cube names it" grep "by bins.kind $kind," <("$pstm" status "$scratch/$kind.h5")
  check "$kind: every trace is in one class" same_fold "$kind"
  check "$kind: the same job goes on with it" nothing_left "$kind"
  rm -f "$scratch/many.h5"*
done
# shellcheck disable=SC2086
check "the kind need not be said where offsets are given" migrate offset 1 "" ${options[offset]}
refuse 1 "holds another image than this job asks for" "one class does not go on with offset classes" \
  migrate offset 1 all
finish
