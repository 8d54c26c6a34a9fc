#!/usr/bin/env bash
# Two threads on two cores against one thread on one core, in one rank: interleaved rounds of a whole job. The two cores
# have a whole core each (no siblings of one core) and share a package where they can. A round is one thread on one of the
# cores (the other one in the next round), two threads on both, one thread that may use both (what reads, writes and
# schedules has a core of its own then), and as a control two jobs of one thread side by side, each on a core of its own:
# how much faster the machine lets two cores be at that hour when nothing is shared. Prints of each round how many times
# two threads are faster than one on one core, for `sum` (the lane `compute` while it sums: the device with all its
# threads), for `compute` (that lane without its waiting: choosing traces, tables, reading back too) and for the whole
# program from its start to its end; `compute` against the thread that may use both; the control's `compute`; then the
# medians. Exit status 1 where the median of `compute` is under 1.9; 2 where the control's is under 1.95 or over 2.03: then
# other work disturbs the pairs or the single runs, and nothing is shown. 16,000 traces make about as many contributions
# for each location as `seed31k` has.
# usage: two_threads.sh PSTM SCRATCH [TRACES] [ROUNDS]
set -euo pipefail
pstm=$1 scratch=$2 traces=${3:-16000} rounds=${4:-5}
rm -rf "$scratch"
mkdir -p "$scratch"
cores=$(python3 - <<'PYTHON'
import os, sys

def topology(cpu, name):
    try:
        return open(f"/sys/devices/system/cpu/cpu{cpu}/topology/{name}").read().strip()
    except OSError:
        return str(cpu)  # a machine that does not tell: each its own

first = {}  # of each core, the first processor that this process may use
for cpu in sorted(os.sched_getaffinity(0)):
    first.setdefault((topology(cpu, "physical_package_id"), topology(cpu, "core_id")), cpu)
cores = sorted(first.items())
if len(cores) < 2:
    sys.exit("two_threads.sh: this process may use one core only")
package = max({key[0] for key, _ in cores}, key=lambda p: sum(key[0] == p for key, _ in cores))
near = [cpu for key, cpu in cores if key[0] == package] if sum(k[0] == package for k, _ in cores) > 1 else \
    [cpu for _, cpu in cores]
print(f"{near[-2]},{near[-1]}")  # the last ones: the first are where interrupts go
PYTHON
)
echo "cores $cores of $(grep -m1 'model name' /proc/cpuinfo | sed 's/.*: //'), load $(cut -d' ' -f1 /proc/loadavg)"
"$pstm" synth --preset diffractor --noise 0.1 --traces "$traces" --inline 128,25 --crossline 128,25 --time 1000,0.002 \
  --record 1200,0.002 --out "$scratch/survey" >/dev/null 2>&1

# one_run THREADS NAME CORES: its profile, with the seconds of the whole program
one_run() {
  local from
  rm -f "$scratch/$2".h5*
  from=$(date +%s%N)
  timeout 300 taskset -c "$3" "$pstm" run "$scratch/survey/job.yaml" --quiet --set devices=cpu --set threads="$1" \
    --set output.file="$scratch/$2.h5" >/dev/null
  echo $(($(date +%s%N) - from)) >"$scratch/$2.ns"
  mv "$scratch/$2.h5.profile.json" "$scratch/$2.json"
  rm -f "$scratch/$2".h5*
}
left=${cores%,*} right=${cores#*,}
for round in $(seq "$rounds"); do
  one_run 1 "$round.one" "$([ $((round % 2)) = 1 ] && echo "$left" || echo "$right")"
  one_run 2 "$round.two" "$cores"
  one_run 1 "$round.free" "$cores"
  one_run 1 "$round.left" "$left" &
  one_run 1 "$round.right" "$right"
  wait $!
done

python3 - "$scratch" "$rounds" <<'PYTHON'
import json, statistics, sys

scratch, rounds = sys.argv[1], int(sys.argv[2])

def seconds(name):
    lane = json.load(open(f"{scratch}/{name}.json"))["ranks"][0]["lanes"]["compute"]
    return {"sum": lane["phases_s"]["sum"], "compute": lane["wall_s"] - lane["phases_s"]["wait"],
            "whole": int(open(f"{scratch}/{name}.ns").read()) * 1e-9}

ratios = {"sum": [], "compute": [], "whole": [], "free": [], "control": []}
for number in range(1, rounds + 1):
    one, two = seconds(f"{number}.one"), seconds(f"{number}.two")
    beside = statistics.mean(seconds(f"{number}.{side}")["compute"] for side in ("left", "right"))
    for what in one:
        ratios[what].append(one[what] / two[what])
    ratios["free"].append(seconds(f"{number}.free")["compute"] / two["compute"])
    ratios["control"].append(2 * one["compute"] / beside)
    print(f"round {number}: " + ", ".join(f"{what} {one[what]:.2f} s and {two[what]:.2f} s ({ratios[what][-1]:.3f}x)"
                                          for what in one) +
          f"; one that may use both: {ratios['free'][-1]:.3f}x; control {ratios['control'][-1]:.3f}x")
median = {what: statistics.median(values) for what, values in ratios.items()}
print("medians: " + ", ".join(f"{what} {value:.3f}x" for what, value in median.items()))
if not 1.95 <= median["control"] <= 2.03:
    print("NOTHING SHOWN: two jobs that share nothing are not 1.95x to 2.03x one, so other work disturbs")
    sys.exit(2)
fine = median["compute"] >= 1.9
print("two threads are at least 1.9x one" if fine else "FAILED: two threads are under 1.9x one")
sys.exit(0 if fine else 1)
PYTHON
rm -rf "$scratch"
