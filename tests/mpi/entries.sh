#!/usr/bin/env bash
# The entries of the lists together: laws, weights, kinds of bins, operators and antialias, as `pstm keys` names them. Of
# jobs that hold every pair of entries (a covering set from a fixed seed), or of all there are with `all`, each is run by
# the reference, by paranoid and by every CPU kernel, with fast_math on and off: the image of the reference; and by two
# ranks with other tiles: bit-equal.
# usage: entries.sh PSTM SCRATCH [pairs|all]
source "$(dirname "$0")/../cli/lib.sh"
which=${3:-pairs}
seed=20261130

# Settings that an entry is nothing without.
declare -A options=([bins.kind=offset]="--set offsets.first=150 --set offsets.step=200 --set offsets.n=4"
  [migrate.traveltime=vti]="--set velocity.eta=0.1")

# Records outlast all arrivals: at their ends rounding decides whether a sample counts, and one of thousands shows.
check "make a survey" "$pstm" synth --preset diffractor --traces 300 --noise 0.1 --offsets 0,900 --velocity 1800,0.6 \
  --inline 20,25 --crossline 34,25 --time 150,0.004 --record 330,0.004 --out "$scratch/survey"

# One job a line, as settings: KEY=WORD KEY=WORD ...
jobs() {
  "$pstm" keys | python3 -c '
import itertools, random, re, sys
which, seed = sys.argv[1:3]
keys = ("migrate.traveltime", "migrate.weight", "bins.kind", "migrate.operator", "migrate.antialias")
words = {}
for line in sys.stdin:
    cells = [cell.strip() for cell in line.split("|")]
    if len(cells) > 2 and cells[1].strip("`") in keys:
        words[cells[1].strip("`")] = [w for w in re.findall("`([^`]*)`", cells[2]) if w != "auto"]
assert set(words) == set(keys), words
every = list(itertools.product(*(words[key] for key in keys)))
pairs = lambda job: set(itertools.combinations(enumerate(job), 2))
left = set().union(*map(pairs, every))
random.Random(int(seed)).shuffle(every)
chosen = []
while left and which == "pairs":
    chosen.append(max(every, key=lambda job: len(left & pairs(job))))
    left -= pairs(chosen[-1])
for job in chosen if which == "pairs" else every:
    print(*(f"{key}={word}" for key, word in zip(keys, job)))
' "$which" "$seed"
}

# migrate NAME RANKS OPTION...: the job of $settings into $scratch/NAME.h5
migrate() {
  local name=$1 n=$2
  shift 2
  rm -f "$scratch/$name.h5"*
  # shellcheck disable=SC2086
  ranks "$n" "$pstm" run "$scratch/survey/job.yaml" --quiet --set threads=1 --set output.file="$scratch/$name.h5" \
    --set output.gathers=on --set migrate.aperture.taper=0.2 $settings "$@"
}
near() { "$pstm" compare --dataset gather "$scratch/$1.h5" "$scratch/reference.h5" --max-nrms "$2"; }

on_a_device() { # NAME WORDS TOLERANCE OPTION...
  local name=$1 words=$2 tolerance=$3
  shift 3
  check "$words" migrate "$name" 1 "$@"
  check "$words: within $tolerance NRMS of the reference" near "$name" "$tolerance"
}

n=0
mapfile -t lines < <(jobs) # at once: mpirun reads what stands at its input
check "there are jobs" test "${#lines[@]}" -gt 0
for line in "${lines[@]}"; do
  n=$((n + 1))
  read -r -a entries <<<"$line"
  settings=
  for entry in "${entries[@]}"; do settings+=" --set $entry ${options[$entry]:-}"; done
  words="job $n (${entries[*]##*=})"
  check "$words: reference" migrate reference 1 --set devices=reference
  on_a_device paranoid "$words: paranoid" 1e-4 --set devices=paranoid --set optimise.fast_math=off
  for kernel in avx512 avx2 portable; do
    export PSTM_CPU_KERNEL=$kernel
    if migrate base 1 --set devices=cpu 2>&1 | grep "cannot run that kernel"; then
      echo "skipped $words: $kernel"
      continue
    fi
    check "$words: $kernel: within 1e-3 NRMS of the reference" near base 1e-3
    on_a_device exact "$words: $kernel, exact square roots" 1e-4 --set devices=cpu --set optimise.fast_math=off
    check "$words: $kernel: 2 ranks, tiles of 32 x 16" migrate cut 2 --set devices=cpu --set tile.inline=32
    check "$words: $kernel: bit-equal" "$pstm" compare --dataset gather "$scratch/cut.h5" "$scratch/base.h5" \
      --require bit-equal
  done
  unset PSTM_CPU_KERNEL
done
echo "$n jobs ($which, seed $seed)"
finish
