#!/usr/bin/env bash
# Samples that change under equal headers and sizes are never mixed with those of an image that stands.
# usage: changed_input.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"

check "make a survey" "$pstm" synth --preset diffractor --traces 600 --inline 52,25 --crossline 45,25 \
  --time 60,0.004 --out "$scratch/survey"
job=$scratch/survey/job.yaml
input=$scratch/survey/survey.sgy
cp -p "$input" "$scratch/old.sgy"

# migrate NAME OPTION...: into $scratch/NAME.h5
migrate() {
  local name=$1
  shift
  "$pstm" run "$job" --quiet --set output.file="$scratch/$name.h5" "$@"
}
loudly() { "$pstm" run "$job" --set output.file="$scratch/$1.h5"; }
# change: the polarity of every sample (big-endian IEEE floats), headers as they are.
change() {
  python3 - "$input" <<'PY'
import struct, sys
b = bytearray(open(sys.argv[1], "rb").read())
ns = struct.unpack(">H", b[3220:3222])[0]
for i in range(3600, len(b), 240 + 4 * ns):
    for k in range(i + 240, i + 240 + 4 * ns, 4): b[k] ^= 0x80
open(sys.argv[1], "wb").write(b)
PY
}
says() { # WORDS COMMAND...: its output has the words
  local words=$1
  shift
  "$@" 2>&1 | grep -qF -- "$words"
}
says_not() { ! says "$@"; }

check "four tiles" migrate image --set target.tiles=[0-3]
check "four tiles, keeping the traces" migrate kept --set target.tiles=[0-3] --set output.keep_store=on
check "a shard" migrate shard1 --shard 1/2
cp "$scratch/image.h5.journal" "$scratch/journal"
check "change the samples" change
refuse 1 "samples of the input: digest" "the rest with other samples" migrate image
check "nothing is recorded" cmp "$scratch/image.h5.journal" "$scratch/journal"
refuse 1 "--overwrite" "kept traces that are older than the input do not serve" migrate kept
check "the other shard" migrate shard2 --shard 2/2
refuse 1 "samples of the input: digest" "shards of other samples are not merged" \
  "$pstm" merge "$scratch/merged.h5" "$scratch"/shard[12].h5
check "anew with --overwrite" migrate image --overwrite
check "a fresh image" migrate fresh
check "they are bit-equal" "$pstm" compare "$scratch/image.h5" "$scratch/fresh.h5" --require bit-equal
check "no warning when nothing has changed" says_not "newer than the finished cube" loudly fresh

cp -p "$scratch/old.sgy" "$input"
check "with the old samples the rest goes on" migrate kept
refuse 2 "not bit-equal" "it is the other image" \
  "$pstm" compare "$scratch/kept.h5" "$scratch/fresh.h5" --require bit-equal
touch "$input"
check "a newer input than the finished cube" says "newer than the finished cube" loudly kept
check "it is said again" says "newer than the finished cube" loudly kept
finish
