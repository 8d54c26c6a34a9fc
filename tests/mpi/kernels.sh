#!/usr/bin/env bash
# Every kernel of the CPU device through whole runs, with weight, taper and antialias: bit-equal over ranks, threads,
# tiles, batches and time windows; the reference's image.
# usage: kernels.sh PSTM SCRATCH
source "$(dirname "$0")/../cli/lib.sh"

check "make a survey" "$pstm" synth --preset diffractor --traces 800 --noise 0.1 --dead 0.02 --velocity 1800,0.6 \
  --inline 36,25 --crossline 34,25 --time 300,0.002 --record 400,0.002 --out "$scratch/survey"
job=$scratch/survey/job.yaml

# migrate NAME RANKS OPTION...: into $scratch/NAME.h5
migrate() {
  local name=$1 n=$2
  shift 2
  rm -f "$scratch/$name.h5"*
  ranks "$n" "$pstm" run "$job" --quiet --set devices=cpu --set threads=1 --set output.file="$scratch/$name.h5" \
    --set migrate.aperture.taper=0.2 --set offsets.first=150 --set offsets.step=200 --set offsets.n=2 \
    --set output.gathers=on "$@"
}
equal() {
  "$pstm" compare "$scratch/$1.h5" "$scratch/base.h5" --require bit-equal &&
    "$pstm" compare --dataset gather "$scratch/$1.h5" "$scratch/base.h5" --require bit-equal
}
near() { "$pstm" compare --dataset gather "$scratch/$1.h5" "$scratch/reference.h5" --max-nrms "$2"; }

for antialias in off bank; do
  anti=(--set migrate.antialias=$antialias)
  check "antialias $antialias: reference" migrate reference 1 --set devices=reference "${anti[@]}"
  for kernel in avx512 avx2 portable; do
    export PSTM_CPU_KERNEL=$kernel
    words="$kernel, antialias $antialias"
    if migrate base 1 "${anti[@]}" 2>&1 | grep "cannot run that kernel"; then
      echo "skipped $words"
      continue
    fi
    check "$words: one rank" migrate base 1 "${anti[@]}"
    if [ $antialias = off ]; then
      check "$words: 2 ranks, tiles of 32 x 16" migrate cut 2 --set tile.inline=32 "${anti[@]}"
      check "$words: 2 ranks, tiles of 32 x 16: bit-equal" equal cut
    else
      check "$words: 2 threads, one trace at a time" migrate cut 1 --set threads=2 --set optimise.batch=off "${anti[@]}"
      check "$words: 2 threads, one trace at a time: bit-equal" equal cut
    fi
    if [ $kernel = avx512 ]; then # one of these two is the one that it stands for
      for knots in whole halves; do
        PSTM_CPU_KERNEL=avx512-$knots check "$words: knots in $knots" migrate $knots 1 "${anti[@]}"
        check "$words: knots in $knots: bit-equal" equal $knots
      done
    fi
    check "$words: a time window" migrate window 1 --set target.time=[0.21,0.43] "${anti[@]}"
    check "$words: a time window: bit-equal" "$pstm" compare "$scratch/window.h5" "$scratch/base.h5" --require bit-equal
    check "$words: fast_math within 1e-3 NRMS of the reference" near base 1e-3
    check "$words: exact square roots" migrate exact 1 --set optimise.fast_math=off "${anti[@]}"
    check "$words: exact square roots within 1e-4 NRMS of the reference" near exact 1e-4
  done
  unset PSTM_CPU_KERNEL
done
finish
