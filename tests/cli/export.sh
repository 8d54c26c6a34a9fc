#!/usr/bin/env bash
# `pstm export`: SEG-Y and SU equal the cube sample by sample, through segyio and through pstm's own reader.
# usage: export.sh PSTM SCRATCH
here=$(dirname "$0")
/usr/bin/python3 -c 'import h5py, segyio' 2>/dev/null || {
  echo "python3-h5py or python3-segyio is missing: skipped"
  exit 77
}
source "$here/lib.sh"
read_back() { /usr/bin/python3 "$here/export.py" "$@"; }

check "make a survey in a turned grid" "$pstm" synth --preset diffractor --traces 1500 --noise 0.1 --azimuth 27 \
  --offsets 0,600 --inline 21,25 --crossline 37,20 --time 60,0.004 --origin 500000,6000000 --out "$scratch/survey"
job=$scratch/survey/job.yaml
classes=(--set offsets.first=150 --set offsets.step=300 --set offsets.n=2 --set output.gathers=on
  --set grid.inline.first=101 --set grid.crossline.first=2001)
cube=$scratch/cube.h5
check "migrate it" "$pstm" run "$job" --quiet --set output.file="$cube" "${classes[@]}"

export_to() { "$pstm" export "$cube" "$scratch/$1" "${@:2}"; }
check "the stack, IEEE" export_to stack.sgy
check "has its bits, numbers and places" read_back "$cube" "$scratch/stack.sgy" stack
check "the stack, IBM" export_to ibm.sgy --format ibm
check "is it to a unit of the last place" read_back "$cube" "$scratch/ibm.sgy" stack
check "the gathers" export_to gather.sgy --dataset gather
check "are it, by segyio's gathers" read_back "$cube" "$scratch/gather.sgy" gather
check "one class" export_to far.sgy --offset 450
check "is the second" read_back "$cube" "$scratch/far.sgy" gather --class 1
check "the fold" export_to fold.sgy --dataset fold
check "is it" read_back "$cube" "$scratch/fold.sgy" fold
check "revision 2" export_to two.sgy --revision 2
check "is it" read_back "$cube" "$scratch/two.sgy" stack
check "a part" export_to part.sgy --inlines 103,110 --crosslines 2005,2030 --window 0.04,0.2
check "is it, from its own time" read_back "$cube" "$scratch/part.sgy" stack --inlines 103,110 --crosslines 2005,2030 \
  --window 0.04,0.2
check "SU" export_to stack.su
check "is it, by its own bytes" read_back "$cube" "$scratch/stack.su" stack
check "again, over its own file" export_to stack.sgy

# ---- by pstm's own reader: each export migrates as data, and so was read ------------------------------------------
for name in stack.sgy ibm.sgy stack.su; do
  check "pstm reads $name" "$pstm" plan "$job" --set input.segy="$scratch/$name" --set output.file="$scratch/other.h5"
done

# ---- what is not migrated -------------------------------------------------------------------------------------------
half=$scratch/half.h5
check "half an image" "$pstm" run "$job" --quiet --set output.file="$half" "${classes[@]}" --shard 1/2
refuse 2 "are not migrated; " "half an image is not exported as a whole one" "$pstm" export "$half" "$scratch/half.sgy"
check "with --partial it is" "$pstm" export "$half" "$scratch/half.sgy" --partial
check "the rest are dead traces" read_back "$half" "$scratch/half.sgy" stack --dead "$half.journal"

# ---- refusals -------------------------------------------------------------------------------------------------------
printf 'not ours' >"$scratch/mine.sgy"
refuse 1 "--overwrite" "a file of somebody else's stays" export_to mine.sgy
check "unless it may go" export_to mine.sgy --overwrite
refuse 1 "is the cube" "the cube is not replaced" "$pstm" export "$cube" "$cube"
refuse 1 "inline 200 is not in the cube, which has 101 to 121" "a line that is not there" export_to x.sgy --inlines 103,200
refuse 1 "above the last" "lines the wrong way round" export_to x.sgy --inlines 110,103
refuse 1 "ieee or ibm" "a format that is none" export_to x.sgy --format int
refuse 1 "IEEE floats" "SU has no IBM floats" export_to x.su --format ibm
refuse 1 "has no classes" "a stack has no classes" export_to x.sgy --dataset stack --offset 450
refuse 1 "no dataset" "a dataset that is not there" export_to x.sgy --dataset semblance
check "an interval of 62.5 us" "$pstm" run "$job" --quiet --set output.file="$scratch/fine.h5" --set grid.time.step=0.0000625 \
  --set grid.time.first=0.4 --set grid.inline.n=3 --set grid.crossline.n=3
refuse 1 "revision 2" "does not fit revision 1" "$pstm" export "$scratch/fine.h5" "$scratch/fine.sgy"
check "it fits revision 2" "$pstm" export "$scratch/fine.h5" "$scratch/fine.sgy" --revision 2
nothing_left() { ! ls "$scratch"/*.part "$scratch"/x.* 2>/dev/null; }
check "nothing is left of what was refused" nothing_left
finish
