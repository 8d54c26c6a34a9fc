#!/usr/bin/env bash
# A cube and a journal that do not belong together, such as when a backup of one of the two was restored: what the cube does
# not hold is migrated again, and that is told. usage: restored.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"

check "make a survey" "$pstm" synth --preset diffractor --traces 600 --inline 52,25 --crossline 45,25 \
  --time 60,0.004 --out "$scratch/survey"
job=$scratch/survey/job.yaml
cube=$scratch/image.h5

# migrate NAME OPTION...: into $scratch/NAME.h5
migrate() {
  local name=$1
  shift
  "$pstm" run "$job" --set output.file="$scratch/$name.h5" "$@"
}
says() { # WORDS COMMAND...: it succeeds, and its output has the words
  local words=$1
  shift
  "$@" >"$scratch/said.txt" 2>&1 && grep -qF -- "$words" "$scratch/said.txt" && return
  cat "$scratch/said.txt"
  return 1
}
says_not() { ! says "$@"; }
is_right() { "$pstm" compare "$scratch/$1.h5" "$scratch/whole.h5" --require bit-equal && "$pstm" status --verify "$scratch/$1.h5"; }
keep() { cp "$cube" "$scratch/$1.cube" && cp "$cube.journal" "$scratch/$1.journal"; }
# restore WHICH FROM: the cube or the journal
restore() {
  case $1 in
  cube) cp "$scratch/$2.cube" "$cube" ;;
  journal) cp "$scratch/$2.journal" "$cube.journal" ;;
  esac
}

check "the whole image" migrate whole
check "some tiles" migrate image --set target.tiles=[0-3]
keep some
check "the rest" migrate image
keep all
check "nothing is to be compared in good order" says_not "compared with its journal" migrate image

check "status says nothing of a cube in good order" says_not "marks" "$pstm" status "$cube"
restore cube some
check "status of an older cube says what its marks are of" says "left 4 chunk columns" "$pstm" status "$cube"
check "an older cube beside the journal of the whole" says "8 of the 12 chunk columns" migrate image
check "it is put right" is_right image
check "and is well" says_not "compared with its journal" migrate image
restore cube some
check "an older cube, with three ranks" says "8 of the 12 chunk columns" ranks 3 "$pstm" run "$job" --set output.file="$cube" \
  --set threads=1
check "three ranks put it right" is_right image

restore cube all
restore journal some
check "status warns of an older journal" says "its marks are not what its journal holds" "$pstm" status "$cube"
check "view warns of it" says "its marks are not what its journal holds" "$pstm" view "$cube" --time 0.1 --out "$scratch/a.png"
check "an older journal beside the whole cube" says "its journal holds 4" migrate image
check "the image is right" is_right image
rm "$cube.journal"
check "no journal beside the whole cube" says "its journal holds 0" migrate image
check "the image is right again" is_right image

restore cube some
check "a stopped cube with more in its journal than in itself" migrate image --set target.tiles=[0-5]
check "the rest of it" migrate image
check "the image is right in the end" is_right image

# ---- other samples under the same headers -------------------------------------------------------------------
python3 - "$scratch/survey/survey.sgy" <<'PY'
import struct, sys
b = bytearray(open(sys.argv[1], "rb").read())
ns = struct.unpack(">H", b[3220:3222])[0]
for i in range(3600, len(b), 240 + 4 * ns):
    for k in range(i + 240, i + 240 + 4 * ns, 4): b[k] ^= 0x80
open(sys.argv[1], "wb").write(b)
PY
check "some tiles of other samples" migrate image --set target.tiles=[0-3] --overwrite
restore journal all
refuse 2 "are not those that its journal knows" "the journal of the old samples" migrate image
grep -v '^frame' "$scratch/all.journal" >"$cube.journal"
check "that of a run that did not end" says "12 of the 12 chunk columns" migrate image
check "the whole image of the other samples" migrate whole --overwrite
check "nothing of the old is left" is_right image

# ---- merging ------------------------------------------------------------------------------------------------
check "a shard" migrate part1 --shard 1/2
check "the other" migrate part2 --shard 2/2
check "merge one" "$pstm" merge "$scratch/merged.h5" "$scratch/part1.h5"
cp "$scratch/merged.h5" "$scratch/merged.cube"
check "merge the other" "$pstm" merge "$scratch/merged.h5" "$scratch/part2.h5"
cp "$scratch/merged.cube" "$scratch/merged.h5"
check "merge into an older cube" says "6 of the 12 chunk columns" "$pstm" merge "$scratch/merged.h5" "$scratch"/part[12].h5
check "all is there" is_right merged

# ---- changed by another program -----------------------------------------------------------------------------
if /usr/bin/python3 -c 'import h5py' 2>/dev/null; then
  change() { /usr/bin/python3 -c "import h5py, sys; f = h5py.File(sys.argv[1], 'r+'); $1" "$cube"; }
  keep good
  check "another first time" change "f['twt'][3] += 0.001"
  refuse 2 "/twt: value 3 is" "an axis that is not the job's" migrate image
  restore cube good
  check "another origin" change "f.attrs['origin_x_m'] += 1"
  refuse 1 "origin_x_m: " "an attribute that is not the job's" migrate image
  restore cube good
  check "other units" change "f['twt'].attrs['units'] = 'ms'"
  refuse 2 "its axes or attributes are not those that its journal knows" "units that are not the run's" migrate image
  restore cube good
  check "the good one is right" is_right image
fi
finish
