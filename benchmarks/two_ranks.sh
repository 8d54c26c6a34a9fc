#!/usr/bin/env bash
# Two ranks of one thread on two cores against one rank on the same two: interleaved pairs of a whole job (mpirun,
# headers, conditioning, sum, cube), whose size is chosen so that one rank takes about 20 s; all in less than 4 minutes.
# Prints each pair, where the time of the last two ranks went, and one line with the verdict; exit code 1 below 0.95.
# Needs bash, python3, taskset and mpirun (MPIRUN=/path/to/it). The cores are two that share no core with each other,
# those with the highest numbers; they must be free of other work.
# usage: two_ranks.sh PSTM SCRATCH [PAIRS] [CORES]      CORES: as taskset has them, for example 2,4
set -euo pipefail
pstm=$1 scratch=$2 pairs=${3:-5} cores=${4:-}
mpirun=${MPIRUN:-mpirun}
if [ "$(id -u)" = 0 ]; then export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1; fi
export OMPI_MCA_pml=${OMPI_MCA_pml:-ob1} OMPI_MCA_btl=${OMPI_MCA_btl:-self,vader}
export OMPI_MCA_btl_vader_single_copy_mechanism=none
rm -rf "$scratch"
mkdir -p "$scratch"
trap 'rm -rf "$scratch"' EXIT

[ -n "$cores" ] || cores=$(python3 -c '
import os
free, chosen = sorted(os.sched_getaffinity(0), reverse=True), []
def siblings(cpu):
    try:
        return open(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list").read().strip()
    except OSError:
        return str(cpu)
for cpu in free:
    if len(chosen) < 2 and siblings(cpu) not in [siblings(c) for c in chosen]:
        chosen.append(cpu)
print(",".join(map(str, chosen if len(chosen) == 2 else free[:2])))')

survey() { # survey TRACES
  "$pstm" synth --preset diffractor --noise 0.1 --traces "$1" --inline 160,25 --crossline 160,25 --time 500,0.004 \
    --out "$scratch/survey" >/dev/null 2>&1
}
# seconds RANKS: of the whole job
seconds() {
  local from
  rm -f "$scratch"/image.h5*
  from=$(date +%s%N)
  timeout 100 taskset -c "$cores" "$mpirun" -n "$1" --oversubscribe --bind-to none "$pstm" run "$scratch/survey/job.yaml" \
    --quiet --set devices=cpu --set threads=1 --set output.file="$scratch/image.h5" >"$scratch/said.txt" 2>&1 || {
    cat "$scratch/said.txt" >&2
    return 1
  }
  python3 -c "print(f'{($(date +%s%N) - $from) * 1e-9:.3f}')"
}

survey 2000
small=$(seconds 1)
traces=$(python3 -c "print(max(3000, min(60000, int(2000 * 20 / $small))))")
survey "$traces"
echo "cores $cores of $(nproc), $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1); $traces traces"
for pair in $(seq "$pairs"); do
  one=$(seconds 1)
  two=$(seconds 2)
  python3 -c "print('pair $pair: one rank $one s, two ranks $two s, efficiency %.3f' % ($one / (2 * $two)))"
done | tee "$scratch/pairs.txt"
python3 - "$scratch/image.h5.profile.json" "$scratch/pairs.txt" <<'PY'
import json, statistics, sys
for rank in json.load(open(sys.argv[1]))["ranks"]:
    for name in ("main", "compute"):
        lane = rank["lanes"][name]
        phases = " ".join(f"{p} {s:.2f}" for p, s in lane["phases_s"].items() if s >= 0.005)
        print(f"  rank {rank['rank']} {name}: {lane['wall_s']:.2f} s: {phases}")
pairs = [float(line.split()[-1]) for line in open(sys.argv[2])]
median = statistics.median(pairs)
print(f"two ranks on two cores: median efficiency {median:.3f} of {len(pairs)} pairs, wanted 0.95: "
      + ("reached" if median >= 0.95 else "NOT reached"))
sys.exit(median < 0.95)
PY
