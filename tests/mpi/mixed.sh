#!/usr/bin/env bash
# devices: mixed. Two devices of different kinds share a job, in one rank and over ranks: the image is that of
# each alone within 1e-4, the cube says mixed, the profile says which did which tile. Without a GPU other devices
# are mixed by PSTM_MIXED. usage: mixed.sh PSTM SCRATCH [FIRST,SECOND]
source "$(dirname "$0")/../cli/lib.sh"
export PSTM_MIXED=${3:-paranoid,reference} PSTM_PARANOID_UNITS=1
first=${PSTM_MIXED%,*} second=${PSTM_MIXED#*,}

check "make a survey" "$pstm" synth --preset diffractor --traces 400 --noise 0.1 \
  --inline 148,12.5 --crossline 77,12.5 --time 100,0.004 --out "$scratch/survey"

# migrate NAME RANKS DEVICES OPTION...: into $scratch/NAME.h5
migrate() {
  local name=$1 n=$2 devices=$3
  shift 3
  timeout $((90 * patience)) mpirun -n "$n" --oversubscribe --bind-to none "$pstm" run "$scratch/survey/job.yaml" --quiet \
    --set threads=2 --set devices="$devices" --set output.file="$scratch/$name.h5" "$@" 2>&1 | tee "$scratch/$name.txt"
  return "${PIPESTATUS[0]}"
}
near() { "$pstm" compare "$scratch/$1.h5" "$scratch/$2.h5" --max-nrms 1e-4; }
done_by() { tail -n +2 "$scratch/$1.h5.profile.csv" | cut -d, -f3 | cut -d: -f1 | sort -u | tr '\n' ' '; }
both_worked() { [ "$(done_by "$1")" = "$(printf '%s\n' "$first" "$second" | sort | tr '\n' ' ')" ]; }
says_mixed() { "$pstm" status "$scratch/$1.h5" | grep -F "mixed/$first+$second/1"; }

check "the second alone" migrate alone 1 "$second"
# A slow tile each, so that none is done before the other begins.
PSTM_FAULT=tile:-1:slow check "one rank, both devices" migrate one 1 mixed
check "one rank: both worked" both_worked one
check "one rank: as the second alone within 1e-4" near one alone
check "the cube says what was mixed" says_mixed one
PSTM_FAULT=tile:-1:slow check "three ranks, one unit of the first" migrate three 3 mixed
check "three ranks: both worked" both_worked three
check "three ranks: as the second alone within 1e-4" near three alone
check "no rank is warned of a shared unit" bash -c "! grep share '$scratch/three.txt'"
PSTM_FAULT=cuda:launch:2 check "a launch of the first fails" migrate fault 1 mixed
check "a launch fails: the second goes on" grep -F "is left out and its tiles go to others" "$scratch/fault.txt"
check "a launch fails: as the second alone within 1e-4" near fault alone

# Stopped by a group of tiles that fails on both (it is named by its first tile, and tile 0 is one however large groups
# are); the same command goes on, another device is refused.
PSTM_FAULT=tile:0:error refuse 3 "while migrating" "both devices fail" migrate part 1 mixed
refuse 1 "mixed/$first+$second/1" "another device may not go on" migrate part 1 "$second"
check "the same command goes on" migrate part 1 mixed
check "resumed: as the second alone within 1e-4" near part alone
finish
