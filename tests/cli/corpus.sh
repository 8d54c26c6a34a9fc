#!/usr/bin/env bash
# Every command that opens a cube, on altered ones (corpus_cubes.py). usage: corpus.sh PSTM SCRATCH N|all [SEED]
here=$(dirname "$0")
/usr/bin/python3 -c 'import h5py' 2>/dev/null || { echo "python3-h5py is missing: skipped"; exit 77; }
source "$here/lib.sh"

options="--set offsets.first=150 --set offsets.step=300 --set offsets.n=2 --set output.gathers=on"
survey() { # FOLDER OPTION...
  local folder=$1
  shift
  "$pstm" synth --preset diffractor --traces 300 --inline 36,25 --crossline 20,25 --time 30,0.004 --out "$folder" "$@"
}
migrate() { # FOLDER SURVEY OPTION...
  local folder=$1 job=$scratch/$2/job.yaml
  shift 2
  mkdir -p "$scratch/$folder"
  "$pstm" run "$job" --quiet --set output.file="$scratch/$folder/cube.h5" $options "$@"
}
echo "$options" >"$scratch/options.txt"
check "make a survey" survey "$scratch/survey" --noise 0.1
check "one of the same headers" survey "$scratch/twin_survey" --noise 0.2
check "the cube with all datasets" migrate good survey
check "one of another job" migrate other survey --set migrate.weight=none
check "one of other samples" migrate twin twin_survey
mkdir "$scratch/outside" && cp "$scratch/good/cube.h5" "$scratch/outside/bait.h5"
head -c 2000000 /dev/zero >"$scratch/outside/raw.bin"
check "altered cubes" /usr/bin/python3 "$here/corpus.py" "$pstm" "$scratch" "$3" "${4:-1}" "$patience"
cat "$scratch/out.txt"
finish
