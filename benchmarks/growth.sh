#!/usr/bin/env bash
# How the cost of a run grows with traces, locations and output samples: five sizes of each over a factor of 16, and
# the slope of log time against log size by least squares. A slope of 1 is a cost in proportion.
#
# "Within the aperture": the survey is so small, the image begins so late and the records are so long that every trace
# contributes to every output sample of every location: their number is traces x locations x samples, which is checked,
# and nothing but the size changes. Shallower samples, which an aperture of 60 degrees keeps from most traces in any
# job, are left out. Where an aperture cuts, contributions grow as its geometry has it, and the time with them.
#
# Times are processor seconds while tiles are migrated (processor_s of the profile): what choosing the traces of a
# tile, tables, sum and reading back take, on one thread, whatever else the machine does. Headers, conditioning and
# the cube's skeleton are not in them. Samples grow with the records: a longer image needs longer traces. They begin
# at 1,000, the reference job's axis: a trace at a location costs as much as some 200 samples before its first one
# (legs, antialias, and cubics for up to 960 samples at once), so that shorter axes cost more for each sample.
# Rounds are interleaved; the median of each size counts. Exit status 1 where a slope lies outside 0.9 to 1.1.
# usage: growth.sh PSTM SCRATCH [ROUNDS] [RUN OPTION...]
set -euo pipefail
pstm=$1 scratch=$2 rounds=${3:-5}
[ $# -lt 3 ] || shift
shift 2
rm -rf "$scratch"
mkdir -p "$scratch"

# survey NAME TRACES SIDE SAMPLES: traces over 500 x 500 m, SIDE x SIDE locations, SAMPLES of 2 ms from 240 ms on at 4,000
# m/s. Legs are at most 707 + 100 m, the aperture at 240 ms and 60 degrees is 831 m; the latest arrival is 230 ms
# after its t0, the records go on for 300 ms.
survey() {
  local step
  step=$(awk -v n="$3" 'BEGIN { print 500 / n }')
  "$pstm" synth --preset diffractor --velocity 4000 --area 500,500 --offsets 0,200 --noise 0.1 --traces "$2" \
    --inline "$3,$step" --crossline "$3,$step" --time "$4,0.002" --record "$(($4 + 270)),0.002" \
    --out "$scratch/$1" >/dev/null 2>&1
}
sizes=(1 2 4 8 16)
sides=(16 24 32 48 64) # of the locations: squares, as near to a factor of 2 as whole tiles of 8 x 8 have it
names=()
for i in 0 1 2 3 4; do
  survey "traces-$i" $((1000 * sizes[i])) 16 1000
  survey "locations-$i" 1000 "${sides[i]}" 1000
  survey "samples-$i" 1000 16 $((1000 * sizes[i]))
  names+=("traces-$i" "locations-$i" "samples-$i")
done

for round in $(seq "$rounds"); do
  for name in "${names[@]}"; do
    rm -f "$scratch"/image.h5*
    "$pstm" run "$scratch/$name/job.yaml" --quiet --set devices=cpu --set threads=1 --set grid.time.first=0.24 \
      --set output.file="$scratch/image.h5" "$@" >/dev/null
    mv "$scratch/image.h5.profile.json" "$scratch/$name.$round.json"
  done
done

python3 - "$scratch" "$rounds" <<'PYTHON'
import json, math, statistics, sys

scratch, rounds = sys.argv[1], int(sys.argv[2])
sizes = {"traces": [1000, 2000, 4000, 8000, 16000], "locations": [256, 576, 1024, 2304, 4096],
         "samples": [1000, 2000, 4000, 8000, 16000]}
others = {"traces": 256 * 1000, "locations": 1000 * 1000, "samples": 1000 * 256}
failed = False
for axis, values in sizes.items():
    seconds = []
    for i, value in enumerate(values):
        runs = [json.load(open(f"{scratch}/{axis}-{i}.{r}.json")) for r in range(1, rounds + 1)]
        expected = value * others[axis]
        share = runs[0]["counts"]["n_contributions"] / expected
        if abs(share - 1) > 1e-3:
            sys.exit(f"{axis} {value}: {share:.4f} of all traces contribute; this measures an aperture or a record too")
        times = [run["ranks"][0]["processor_s"] for run in runs]
        seconds.append(statistics.median(times))
        print(f"{axis} {value}: {seconds[-1]:.3f} s ({min(times):.3f} to {max(times):.3f}), "
              f"{expected / seconds[-1] * 1e-9:.2f}e9 contributions/s")
    x, y = [math.log(v) for v in values], [math.log(s) for s in seconds]
    mean_x, mean_y = statistics.mean(x), statistics.mean(y)
    slope = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y)) / sum((a - mean_x) ** 2 for a in x)
    fine = abs(slope - 1) <= 0.1
    failed |= not fine
    print(f"slope against {axis}: {slope:.3f} {'ok' if fine else 'FAILED: not within 1.0 +- 0.1'}")
sys.exit(1 if failed else 0)
PYTHON
rm -rf "$scratch"
