#!/usr/bin/env bash
# How commands end when something goes wrong around them: with a message and the right exit code, never by a signal that
# nobody sent. usage: ends.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"

check "make a survey" "$pstm" synth --preset diffractor --traces 400 --inline 20,25 --crossline 18,25 \
  --time 100,0.004 --out "$scratch/survey"
job=$scratch/survey/job.yaml
run=("$pstm" run "$job" --quiet --set output.file="$scratch/image.h5")
check "migrate" "${run[@]}"
cp "$scratch/image.h5" "$scratch/base.h5" && cp "$scratch/image.h5.journal" "$scratch/base.h5.journal"

# ---- what is printed must go out ---------------------------------------------------------------------------
full() { "$@" >/dev/full 2>"$scratch/said.txt"; local code=$?; cat "$scratch/said.txt"; return $code; }
closed() { "$@" >&- 2>"$scratch/said.txt"; local code=$?; cat "$scratch/said.txt"; return $code; }
for how in full closed; do
  refuse 3 "standard output cannot be written" "$how: --help" $how "$pstm" --help
  refuse 3 "standard output cannot be written" "$how: --version" $how "$pstm" --version
  refuse 3 "standard output cannot be written" "$how: the help of a command" $how "$pstm" run --help
  refuse 3 "standard output cannot be written" "$how: keys" $how "$pstm" keys
  refuse 3 "standard output cannot be written" "$how: status" $how "$pstm" status "$scratch/base.h5"
  refuse 3 "standard output cannot be written" "$how: status --verify" $how "$pstm" status --verify "$scratch/base.h5"
  refuse 3 "standard output cannot be written" "$how: compare" $how "$pstm" compare "$scratch/base.h5" "$scratch/image.h5"
  refuse 3 "standard output cannot be written" "$how: view" $how "$pstm" view "$scratch/base.h5" --inline 3
  refuse 3 "standard output cannot be written" "$how: plan" $how "$pstm" plan "$job" --ranks 1
  refuse 3 "standard output cannot be written" "$how: synth" $how "$pstm" synth --preset diffractor --traces 20 \
    --inline 16,25 --crossline 16,25 --time 20,0.004 --out "$scratch/again"
done
all_closed() { "$@" <&- >&- 2>&-; }
check "no file gets what is meant for closed streams" all_closed "${run[@]}" --overwrite --set output.keep_store=on
check "the cube has its bits" "$pstm" compare "$scratch/image.h5" "$scratch/base.h5" --require bit-equal
check "and is what was written" "$pstm" status --verify "$scratch/image.h5"

# ---- files that may not grow -------------------------------------------------------------------------------
limited() { (ulimit -f "$1"; shift; "$@"); } # KiB
for kib in 8 64 400; do
  rm -f "$scratch"/image.h5*
  refuse 3 "$scratch/image.h5" "files of $kib KiB at most" limited $kib "${run[@]}"
done
refuse 3 "File too large" "a survey of 64 KiB at most" limited 64 "$pstm" synth --preset diffractor --traces 400 \
  --out "$scratch/large"

# ---- a grid beyond what a cube or the disk holds: before the input is opened, or its headers are read ---------
refuse 1 "grid.time.n" "too many times" "${run[@]}" --set grid.time.n=600000 --set input.segy=/none.sgy
refuse 1 "grid.time.step" "too short steps" "${run[@]}" --set grid.time.step=1e-9 --set input.segy=/none.sgy
rm -f "$scratch"/image.h5*
refuse 3 "on disk, but folder" "more than the disk holds" timeout $((60 * patience)) "${run[@]}" --set grid.time.n=500000 \
  --set grid.inline.n=20000 --set grid.crossline.n=20000
nothing_made() { [ -z "$(find "$scratch" -name 'image.h5*')" ]; }
check "nothing was made for it" nothing_made
finish
