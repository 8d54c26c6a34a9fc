#!/usr/bin/env bash
# Cubes of velocities: a model as a text, as SEG-Y and as HDF5 gives one image, whatever the order, unit and names in the file;
# what could be read in two ways is refused; a cube larger than the budget is read part by part. usage: velocity_cubes.sh PSTM
# SCRATCH
source "$(dirname "$0")/../cli/lib.sh"
/usr/bin/python3 "$(dirname "$0")/make_cubes.py" "$scratch" || exit $?
check "make a survey" "$pstm" synth --preset diffractor --traces 500 --inline 20,25 --crossline 20,25 --time 60,0.004 \
  --out "$scratch/survey"

# migrate RANKS NAME FILE [MORE...]: the velocities FILE into $scratch/NAME.h5
migrate() {
  local start=()
  [ "$1" = 1 ] || start=(ranks "$1")
  "${start[@]}" "$pstm" run "$scratch/survey/job.yaml" --quiet --set velocity.file="$scratch/$3" \
    --set output.file="$scratch/$2.h5" "${@:4}"
}
# same WORDS A B: images of equal nodes in single precision
same() { check "$1" "$pstm" compare "$scratch/$2.h5" "$scratch/$3.h5" --max-nrms 1e-5; }
equal() { check "$1" "$pstm" compare "$scratch/$2.h5" "$scratch/$3.h5" --require bit-equal; }

check "functions by inline and crossline, in ms" migrate 1 text plane.txt --set velocity.places=labels --set velocity.times=ms
check "SEG-Y" migrate 1 segy plane.sgy
same "is the image of the text" segy text
check "HDF5, on three ranks" migrate 3 hdf5 plane.nc
equal "the bits of SEG-Y" hdf5 segy
check "nothing but its files is left" test ! -e "$scratch/hdf5.h5.velocity"
check "other bytes" migrate 1 bytes other_bytes.sgy --set velocity.bytes.inline=9 --set velocity.bytes.crossline=21 \
  --set velocity.bytes.x=201 --set velocity.bytes.y=205
equal "the same bits" bytes segy
check "numbers alone" migrate 1 bare bare.sgy
equal "the same bits" bare segy
check "other numbers, by coordinates" migrate 1 shifted shifted.sgy --set velocity.places=coordinates
same "the same image" shifted segy
check "turned, falling, in km/s and ms" migrate 1 turned turned.nc --set velocity.units=km/s
same "the same image" turned segy
check "x and y" migrate 1 by_metres metres.h5
same "the same image" by_metres segy
check "a constant cube" migrate 1 of_constant constant.nc
check "the constant" "$pstm" run "$scratch/survey/job.yaml" --quiet --set velocity.file=off \
  --set velocity.constant=2000 --set output.file="$scratch/constant.h5"
same "the same image" of_constant constant
check "a model that is no plane, SEG-Y" migrate 1 bent bent.sgy
check "and HDF5" migrate 1 bent_nc bent.nc
equal "the same bits" bent bent_nc
refuse 2 "NRMS" "and another image than of the plane" "$pstm" compare "$scratch/bent.h5" "$scratch/segy.h5" --max-nrms 1e-3
for kind in interval average; do
  check "$kind velocities of a text" migrate 1 text_$kind plane.txt --set velocity.places=labels --set velocity.times=ms \
    --set velocity.kind=$kind
  check "and of a cube" migrate 1 cube_$kind plane.nc --set velocity.kind=$kind
  same "the same image" cube_$kind text_$kind
  refuse 2 "NRMS" "and another than of rms velocities" "$pstm" compare "$scratch/cube_$kind.h5" "$scratch/segy.h5" \
    --max-nrms 1e-3
done
check "a scan of a cube" migrate 2 scan plane.sgy --set "velocity.scale=[0.9, 1]"
equal "its factor 1 is the image" scan.v1000 segy
check "0.9 by itself" migrate 1 own plane.sgy --set velocity.scale=0.9
equal "is that of the scan" scan.v0900 own
refuse 0 "nothing to do" "a run of the same cube in another file goes on" "$pstm" run "$scratch/survey/job.yaml" \
  --set velocity.file="$scratch/plane.nc" --set output.file="$scratch/segy.h5"

# refused CODE FRAGMENT WORDS FILE [MORE...]
refused() { refuse "$1" "$2" "$3" migrate "${ranks:-1}" refused "$4" "${@:5}"; }
ranks=3 refused 2 "set velocity.places: coordinates, or labels" "numbers against coordinates" shifted.sgy
refused 2 "set velocity.bytes.inline" "numbers of other bytes" plane.sgy --set velocity.bytes.inline=181 \
  --set velocity.bytes.crossline=9
refused 2 "2 variables have three axes (" "two variables" two.nc
refused 2 "has no coordinates" "an axis without coordinates" no_times.nc
refused 2 "no two-way times" "depths" depths.nc
refused 2 "set velocity.times: ms" "ms without a unit" no_unit_ms.nc
check "which the job can say" migrate 1 said no_unit_ms.nc --set velocity.times=ms
equal "the same bits" said segy
refused 2 "axis z of /v is unknown" "an axis of another name" odd.nc
refused 2 "set velocity.units: km/s" "km/s" turned.nc
refused 2 "velocity.times contradicts" "ms that are in the headers" plane.sgy --set velocity.times=ms
refused 2 "velocity.places contradicts" "coordinates that are numbers" plane.nc --set velocity.places=coordinates
refused 2 "cannot be opened as HDF5" "a text that is said to be HDF5" plane.txt --set velocity.format=hdf5
refused 2 "[velocity_place]" "a cube of other lines" elsewhere.nc
refused 2 "51.5 % of the grid lie more than a step outside" "a cube of a quarter of the lines" half.nc
refuse 0 "18.2 % of the grid" "a cube of more of them" migrate 1 part part.nc
refuse 0 "[velocity_time]" "a cube that ends early" migrate 1 short short.nc
refused 2 "1 of 25 columns have no velocity, the first at inline 11, crossline 16" "a hole" hole.sgy
check "which may be accepted" migrate 1 hole hole.sgy --set accept=velocity_holes
refused 2 "2 samples beside velocities are 0" "zeros" zeros.sgy
check "which may be accepted" migrate 1 zeros zeros.sgy --set accept=velocity_holes
refused 2 "2 samples beside velocities are 0" "a value that stands for none" missing_value.nc
refused 2 "set velocity.kind: interval (or layers)" "interval velocities that are taken for rms ones" interval.nc
check "which the job can say" migrate 1 named interval.nc --set velocity.kind=interval
equal "the same bits" named cube_interval
refused 2 "set velocity.kind: rms" "the reverse" rms.nc --set velocity.kind=interval
check "nothing is left of what was refused" test ! -e "$scratch/refused.h5" -a ! -e "$scratch/refused.h5.velocity"

# 103 MiB of velocities in a budget of 64, which a program under AddressSanitizer takes for itself.
if ! grep -q libasan <(ldd "$pstm"); then
  refuse 0 "memory: at most" "a cube larger than the budget" "$pstm" run "$scratch/survey/job.yaml" \
    --set velocity.file="$scratch/deep.nc" --set output.file="$scratch/deep.h5" --set memory="64 MiB" --set threads=1
  peak_mib=$(sed -n 's/^memory: at most \([0-9]*\)[.].*/\1/p' "$scratch/out.txt")
  check "took $peak_mib MiB" test "$peak_mib" -lt 80
fi
finish
