#!/usr/bin/env bash
# More input files than may be open at once: the same image.
# usage: open_files.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
check "make a survey" "$pstm" synth --preset diffractor --traces 400 --inline 20,25 --crossline 18,25 \
  --time 100,0.004 --out "$scratch/survey"
check "split it" python3 - "$scratch" <<'PY'
import struct, sys
b = open(sys.argv[1] + "/survey/survey.sgy", "rb").read()
t = 240 + 4 * struct.unpack(">H", b[3220:3222])[0]
names = []
for i in range((len(b) - 3600) // t):
    names.append(f"{sys.argv[1]}/trace{i}.sgy")
    open(names[-1], "wb").write(b[:3600] + b[3600 + i * t : 3600 + (i + 1) * t])
job = open(sys.argv[1] + "/survey/job.yaml").read().replace("survey.sgy", ", ".join(names), 1)
open(sys.argv[1] + "/survey/split.yaml", "w").write(job)
PY
run() { "$pstm" run "$scratch/survey/split.yaml" --quiet --set output.file="$scratch/$1.h5"; }
few() {
  ulimit -n 256
  run few
}
check "400 files" run many
check "400 files, of which 256 may be open" bash -c "$(declare -f run few); pstm=$pstm scratch=$scratch; few"
check "the same image" "$pstm" compare "$scratch/few.h5" "$scratch/many.h5" --require bit-equal
finish
