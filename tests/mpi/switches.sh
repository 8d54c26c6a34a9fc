#!/usr/bin/env bash
# The switches of `optimise:`: those that only save work change no bit and need no new cube; the others change
# the image by what is stated here. What each does to the work is read from the profile.
# usage: switches.sh PSTM SCRATCH
source "$(dirname "$0")/../cli/lib.sh"

check "make a survey" "$pstm" synth --preset diffractor --traces 2500 --noise 0.1 \
  --inline 36,25 --crossline 40,25 --time 150,0.004 --out "$scratch/survey"
job=$scratch/survey/job.yaml
# The angle stays below the distance up to t0 = 2 * 200 m / (v tan 30), well inside the record.
law=(--set migrate.aperture.angle=30 --set migrate.aperture.distance=200)

# migrate NAME OPTION...: into $scratch/NAME.h5
migrate() {
  local name=$1
  shift
  "$pstm" run "$job" --quiet --set devices=cpu --set output.file="$scratch/$name.h5" \
    --set output.gathers=on "${law[@]}" "$@"
}
compare() { "$pstm" compare "$scratch/$1.h5" "$scratch/$2.h5" "${@:3}"; }

# count NAME COUNTER: a counter of the whole run, the first in the profile
count() { grep -m1 "\"$2\"" "$scratch/$1.h5.profile.json" | tr -dc '0-9'; }
relation() { echo "$1 $2 $3"; [ "$1" "$2" "$3" ]; }

check "all on" migrate on
only_saves() {
  local switch=$1
  check "$switch: off" migrate "$switch" --set optimise."$switch"=off
  check "$switch: off gives the same bits" compare "$switch" on --require bit-equal
  check "$switch: off gives the same bits in gathers" compare "$switch" on --dataset gather --require bit-equal
  check "$switch: off adds as many samples" relation \
    "$(count "$switch" n_contributions)" -eq "$(count on n_contributions)"
}
only_saves trace_prefilter
only_saves spatial_index
only_saves batch
check "the prefilter hands over fewer traces" relation \
  "$(count on n_traces)" -lt "$(count trace_prefilter n_traces)"
check "and fewer pairs" relation "$(count on n_pairs)" -lt "$(count trace_prefilter n_pairs)"
check "the index examines fewer traces" relation \
  "$(count on n_examined)" -lt "$(count spatial_index n_examined)"
check "and finds the same ones" relation "$(count on n_traces)" -eq "$(count spatial_index n_traces)"
check "one at a time: as many batches as traces" relation \
  "$(count batch n_batches)" -eq "$(count batch n_traces)"
check "batches are fewer" relation "$(count on n_batches)" -lt "$(count on n_traces)"

# A switch that changes no bit is in no key: the same cube goes on.
check "some tiles" migrate mixed --set target.tiles=[0,3]
check "the others with other switches, into the same cube" migrate mixed --set optimise.trace_prefilter=off \
  --set optimise.batch=off --set optimise.spatial_index=off
check "the cube is whole and has the same bits" compare mixed on --require bit-equal

# time_dependent_aperture: from the time on at which the distance is the lesser, nothing changes.
check "constant aperture" migrate constant --set optimise.time_dependent_aperture=off
refuse 1 "optimise.time_dependent_aperture" "its cube is another image" \
  migrate constant --set optimise.time_dependent_aperture=on
check "more samples are added" relation \
  "$(count constant n_contributions)" -gt "$(count on n_contributions)"
deep=(--set target.time=[0.5,0.59])
check "constant aperture, deep" migrate deep_off --set optimise.time_dependent_aperture=off "${deep[@]}"
check "bit-equal where the angle does not bind" compare deep_off on --require bit-equal
shallow=(--set target.time=[0.1,0.2])
check "constant aperture, shallow" migrate shallow_off --set optimise.time_dependent_aperture=off "${shallow[@]}"
check "time-dependent, shallow" migrate shallow_on "${shallow[@]}"
check "twice the fold and more where it binds" relation \
  "$(count shallow_off n_contributions)" -gt $((2 * $(count shallow_on n_contributions)))
refuse 1 "migrate.aperture.distance" "off without a distance is refused" \
  migrate none --set optimise.time_dependent_aperture=off --set migrate.aperture.distance=off

# time_domain: the same formulas in another order, in double. The images are stored in single precision, so
# that they differ by its rounding at most.
check "time domain" migrate direct --set devices=reference
check "depth loop" migrate depth --set devices=reference --set optimise.time_domain=off
check "the depth loop within 1e-6 NRMS" compare depth direct --max-nrms 1e-6
# fast_math: 1e-3, its stated limit.
check "exact square roots" migrate exact --set optimise.fast_math=off
check "exact square roots within 1e-4 NRMS of the reference" compare exact direct --max-nrms 1e-4
check "fast_math within 1e-3 NRMS of the reference" compare on direct --max-nrms 1e-3
finish
