#!/usr/bin/env bash
# usage: faint_samples.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
# scaled FILE RMS: the survey with samples such that the largest rms of a trace is this.
scaled() {
  patched "$1" "all = [struct.unpack_from('>%df' % ns, b, h + 240) for h in heads]
most = max((sum(v * v for v in s) / ns) ** 0.5 for s in all)
for h, s in zip(heads, all): struct.pack_into('>%df' % ns, b, h + 240, *(v * ($2 / most) for v in s))"
}
scaled "$scratch/faint.sgy" 0.9e-30
doubted 0 faint_samples "above 9e-31" "samples below 1e-30" --set input.segy="$scratch/faint.sgy"
accepted faint_samples "samples below 1e-30" --set input.segy="$scratch/faint.sgy"
undoubted "samples below 1e-30 under an AGC" --set input.segy="$scratch/faint.sgy" --set condition.agc=0.1
scaled "$scratch/near.sgy" 1.1e-30
undoubted "samples above 1e-30" --set input.segy="$scratch/near.sgy"
finish
