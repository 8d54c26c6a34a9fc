#!/usr/bin/env bash
# Each fault ends in the right image or the right message, and none hangs: see src/core/fault.h.
# usage: faults.sh PSTM SCRATCH
source "$(dirname "$0")/../cli/lib.sh"
export PSTM_SILENCE_S=${PSTM_SILENCE_S:-4}

check "make a survey" "$pstm" synth --preset diffractor --traces 1500 --noise 0.1 \
  --inline 52,25 --crossline 45,25 --time 150,0.004 --out "$scratch/survey"
job=$scratch/survey/job.yaml

# migrate RANKS NAME [FAULT]: with a deadline.
migrate() {
  PSTM_FAULT=${3:-} timeout $((90 * patience)) mpirun -n "$1" --oversubscribe --bind-to none "$pstm" run "$job" --quiet \
    --set devices="${device:-cpu}" --set threads=1 --set output.file="$scratch/$2.h5"
}
same() { "$pstm" compare "$scratch/$1.h5" "$scratch/base.h5" --require bit-equal; }

# right_saying FRAGMENT NAME FAULT: 4 ranks; the fragment is said and the image is right.
right_saying() {
  migrate 4 "$2" "$3" >"$scratch/said.txt" 2>&1 && grep -F -- "$1" "$scratch/said.txt" && same "$2" && return
  cat "$scratch/said.txt"
  return 1
}

check "no fault" migrate 4 base
check "an error on one rank" right_saying "rank 2: while migrating" error rank:2:tile:-1:error
check "a NaN from one rank's device" right_saying "no finite number" nan rank:1:tile:-1:nan
check "errors on all ranks but one" right_saying "is left out" most \
  rank:0:tile:-1:error,rank:2:tile:-1:error,rank:3:tile:-1:nan
# Its tile is started again by an idle rank, or it is retired, whichever comes first.
check "a device that hangs" migrate 4 hang rank:2:tile:-1:hang
check "a device that hangs: bit-equal" same hang
check "rank 0's device hangs" migrate 4 hang0 rank:0:tile:-1:hang
check "rank 0's device hangs: bit-equal" same hang0
refuse 3 "has made no progress" "all devices hang" migrate 2 hangs tile:-1:hang
check "short reads" migrate 4 short read:short
check "short reads: bit-equal" same short

# A device with memory of its own; the same on a GPU: tests/gpu.
device=${PSTM_FAULTS_DEVICE:-paranoid}
check "no fault, $device" migrate 1 base_$device
same_on_device() { "$pstm" compare "$scratch/$1.h5" "$scratch/base_$device.h5" --require bit-equal; }
# on_device FRAGMENT NAME FAULT: as right_saying, on that device.
on_device() {
  migrate 4 "$2" "$3" >"$scratch/said.txt" 2>&1 && grep -qF -- "$1" "$scratch/said.txt" && same_on_device "$2" && return
  cat "$scratch/said.txt"
  return 1
}
check "a launch fails in the middle" on_device "it is left out and its tiles go to others" launch rank:1:cuda:launch:2
check "no device memory in the middle" on_device "it is left out" memory rank:1:cuda:memory:1
check "launches fail on all ranks but one" on_device "is left out" launches \
  rank:0:cuda:launch:2,rank:2:cuda:launch:3,rank:3:cuda:launch:1
refuse 3 "while migrating tile" "the only device fails in the middle" migrate 1 last cuda:launch:3
check "the only device failed, then the same command" migrate 1 last
check "the only device failed: bit-equal" same_on_device last
unset device

refuse 3 "while migrating tile 5: the device failed" "a tile that fails everywhere" migrate 4 tile5 tile:5:error
refuse 3 "while migrating" "the only rank fails" migrate 1 alone tile:-1:error
refuse 3 "No space left on device" "a full disk" migrate 4 full rank:3:io:write:ENOSPC
check "a full disk, then space again" migrate 4 full
check "a full disk, then space again: bit-equal" same full
refuse 3 "Input/output error" "a read that fails" migrate 4 eio rank:1:read:error
# The trace store: on one rank its worker is lost, on all of them the job; a rank that cannot even open it ends the job.
check "a read of the trace store that fails in the middle" right_saying "rank 2: while migrating" store rank:2:store:6
refuse 3 "Input/output error" "the trace store cannot be opened" migrate 4 store_open rank:1:store:1
refuse 3 "cannot sync the cube" "a sync that fails" migrate 4 sync rank:1:sync:error
check "a sync that failed, then the same command" migrate 4 sync
check "a sync that failed: bit-equal" same sync
refuse 3 "pstm run: rank 0: cannot write $scratch/journal.h5.journal" "a full disk under the journal" \
  migrate 4 journal journal:ENOSPC
check "a full disk under the journal, then space again" migrate 4 journal
check "a full disk under the journal: bit-equal" same journal
refuse 1 "is not understood" "a count that does not exist" migrate 1 typo store:0
refuse 1 "is not understood" "a fault that does not exist" migrate 1 typo rank:1:tile:hang
refuse 75 "do not answer" "a rank that hangs while it writes" migrate 4 write rank:2:write:hang
check "a rank that hung while it wrote, then the same command" migrate 4 write
check "a rank that hung while it wrote: bit-equal" same write

# Long before it is retired, its tiles are started a second time.
second_start() {
  PSTM_SILENCE_S=10 migrate 4 second rank:2:tile:-1:hang >"$scratch/said.txt" 2>&1 && same second &&
    ! grep -E "left out|no progress|do not answer" "$scratch/said.txt" && return
  cat "$scratch/said.txt"
  return 1
}
check "the tiles of a device that hangs are started a second time" second_start

# All tiles are written, so the job ends well; but the rank cannot take part in the end.
check "a rank that falls silent after its last tile" right_saying "1 rank(s) do not answer" end rank:2:end:hang
check "as the cube says" "$pstm" status "$scratch/end.h5" --verify
refuse 0 "2 rank(s) do not answer" "two that do" migrate 4 ends rank:1:end:hang,rank:3:end:hang
refuse 3 "No space left on device" "one that does so when the run fails" migrate 4 full_end rank:3:write:ENOSPC,rank:1:end:hang
finish
