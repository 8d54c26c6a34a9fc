#!/usr/bin/env bash
# Samples that change under equal headers and sizes are never mixed with those of an image that stands, and a trace store
# serves only the very samples that it was made of.
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
# ---- the store --------------------------------------------------------------------------------------------
some() { migrate "$1" --set target.tiles=[0-3] --set output.keep_store=on "${@:2}"; }
rest() { "$pstm" run "$job" --set output.file="$scratch/$1.h5"; }

check "traces that are kept" some again
check "serve the rest" says "reusing conditioned traces" rest again
check "traces that are kept of the old samples" some aged
check "change the samples" change
touch -r "$scratch/old.sgy" "$input"
check "the input is as old as before" test ! "$input" -nt "$scratch/old.sgy" -a ! "$input" -ot "$scratch/old.sgy"
refuse 1 "samples of the input: digest" "traces of a file rewritten under its old time do not serve" migrate aged
check "traces that are kept of the new samples" some younger
touch -d 2001-01-01 "$input"
check "an older file is another one" says "its time of modification is 2001-01-01" rest younger
check "a fresh image of the new samples" migrate renewed
check "it has the bits" "$pstm" compare "$scratch/younger.h5" "$scratch/renewed.h5" --require bit-equal

check "traces that are kept once more" some over
overwritten() { "$pstm" run "$job" --set output.file="$scratch/over.h5" --set output.keep_store=on --overwrite; }
check "--overwrite conditions the traces anew" says "as --overwrite asks" overwritten
check "and keeps them" test -e "$scratch/over.h5.traces.h5"

check "traces that are kept to be damaged" some damaged
spoil() { # a bit in each quarter of the file
  python3 - "$1" <<'PY'
import os, sys
n = os.path.getsize(sys.argv[1])
with open(sys.argv[1], "r+b") as file:
    for at in (n // 4, n // 2, 3 * n // 4):
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1]))
PY
}
check "flip three bits of the store" spoil "$scratch/damaged.h5.traces.h5"
refuse 2 "does not hold what was written to it; delete it" "traces that are not what was written" migrate damaged
rm "$scratch/damaged.h5.traces.h5"
check "the next run makes them anew" migrate damaged
check "and the image" "$pstm" compare "$scratch/damaged.h5" "$scratch/renewed.h5" --require bit-equal

# ---- a finished cube --------------------------------------------------------------------------------------
cp -p "$scratch/old.sgy" "$input"
check "a finished cube whose input was replaced by an older one" says "newer than the finished cube" loudly renewed
touch "$input"
check "a newer input than the finished cube" says "newer than the finished cube" loudly kept
check "it is said again" says "newer than the finished cube" loudly kept
finish
