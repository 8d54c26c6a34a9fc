#!/usr/bin/env bash
# Two GPUs of one host against one: interleaved rounds of a job that takes one H100 about 16 s. A round is one rank with
# one GPU, two ranks with a GPU each, and one rank with both. Prints, for both ways to use two, the median over the
# rounds of t1 / (2 t2), for
#   whole     the job by its profile, from SEG-Y headers to the closed cube
#   unsynced  the same without the time that the main thread waited for the disk
#   compute   what the busiest thread of a GPU worked, from its first tile to its last
#   kernels   what the kernels of the sum kept the GPUs busy, added up (the same work: 0.5 is a perfect share)
# and whether all images have the bits of one GPU's. The trace store is made by a run before, for all of them.
# usage: two_gpus.sh PSTM SCRATCH [TRACES] [ROUNDS] [GPUS]
#   TRACES 250000: 9 GB in SCRATCH, about 4 minutes on two H100s.   GPUS 0,1: as CUDA_VISIBLE_DEVICES has them
# Without GPUs: PSTM_TWO_GPUS_DEVICE=paranoid two_gpus.sh PSTM SCRATCH 30 1
set -euo pipefail
pstm=$1 scratch=$2 traces=${3:-250000} rounds=${4:-5} gpus=${5:-0,1}
device=${PSTM_TWO_GPUS_DEVICE:-cuda}
if [ "$(id -u)" = 0 ]; then export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1; fi
mkdir -p "$scratch"
rm -f "$scratch/rounds.txt"
if command -v nvidia-smi >/dev/null; then nvidia-smi -L; fi
"$pstm" synth --preset seed31k --traces "$traces" --out "$scratch/survey"
image=$scratch/image.h5

# run NAME RANKS GPUS: moves what it makes to $scratch/NAME.*, all but the trace store
run() {
  local units
  units=$(awk -F, '{ print NF }' <<<"$3")
  rm -f "$image" "$image.journal" "$scratch/$1".*
  CUDA_VISIBLE_DEVICES=$3 PSTM_PARANOID_UNITS=$units timeout 300 mpirun -n "$2" --bind-to none --oversubscribe \
    "$pstm" run "$scratch/survey/job.yaml" --quiet --set devices="$device" --set migrate.aperture.distance=9000 \
    --set migrate.aperture.angle=80 --set output.keep_store=on --set output.file="$image" >"$scratch/$1.txt" 2>&1 ||
    { cat "$scratch/$1.txt"; exit 1; }
  mv "$image" "$scratch/$1.h5"
  mv "$image.journal" "$scratch/$1.h5.journal"
  mv "$image.profile.json" "$scratch/$1.json"
}
same() { "$pstm" compare "$scratch/$1.h5" "$scratch/one.h5" --require bit-equal >"$scratch/compared.txt" ||
  { cat "$scratch/compared.txt"; exit 1; }; }

run first 1 "$gpus"
echo "the first run, which conditions the traces: $(python3 -c "
import json
p = json.load(open('$scratch/first.json'))
print('%.1f s' % p['wall_s'], {k: round(v['max_s'], 2) for k, v in p['phases'].items() if v['max_s'] > 0.05})")"
for round in $(seq "$rounds"); do
  run one 1 "${gpus%%,*}"
  run ranks 2 "$gpus"
  run rank 1 "$gpus"
  same ranks
  same rank
  python3 - "$scratch" "$round" <<'PY'
import json, sys
scratch, number = sys.argv[1:]
def times(name):
    p = json.load(open('%s/%s.json' % (scratch, name)))
    lanes = [lane for r in p['ranks'] for n, lane in r['lanes'].items() if n.startswith('compute')]
    whole = p['wall_s']
    return {'whole': whole, 'unsynced': whole - p['phases']['sync']['max_s'],
            'compute': max(l['wall_s'] - l['phases_s']['wait'] for l in lanes), 'kernels': p['unit']['busy_s'],
            'n_units': p['unit']['n_units'], 'rate': p['unit']['contributions_per_s'],
            'limit': p['unit']['share_of_limit']}
all_times = {name: times(name) for name in ('one', 'ranks', 'rank')}
for name, text in (('one', '1 rank, 1 GPU'), ('ranks', '2 ranks, 2 GPUs'), ('rank', '1 rank, 2 GPUs')):
    t = all_times[name]
    print('round %s: %-15s  whole %6.2f s  unsynced %6.2f s  compute %6.2f s  kernels %6.2f s on %d: %.1f %% of compute, '
          '%.3g/s each, %.0f %% of the limit' %
          (number, text, t['whole'], t['unsynced'], t['compute'], t['kernels'], t['n_units'],
           100 * t['kernels'] / t['n_units'] / t['compute'], t['rate'], 100 * t['limit']), flush=True)
with open(scratch + '/rounds.txt', 'a') as f:
    for name in ('ranks', 'rank'):
        for what in ('whole', 'unsynced', 'compute', 'kernels'):
            f.write('%s %s %.6f\n' % (name, what, all_times['one'][what] / (2 * all_times[name][what])))
PY
done
for name in ranks rank; do
  for what in whole unsynced compute kernels; do
    awk -v n=$name -v w=$what '$1 == n && $2 == w { print $3 }' "$scratch/rounds.txt" | sort -n |
      sed -n "$(((rounds + 1) / 2))s/^/median t1 \/ (2 t2), $([ $name = ranks ] && echo '2 ranks' || echo '1 rank with 2 GPUs'), $what: /p"
  done
done
echo "all images bit-equal"
rm -rf "$scratch"
