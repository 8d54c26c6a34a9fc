#!/usr/bin/env bash
# Whole runs with a taper on traces whose samples are all 1: with `none` a sum is the sum of the tapers, so that the stack is
# 1 wherever that is 1 or more, on each device, with offset classes and without; divided by the fold it would be less.
# usage: tapers_run.sh PSTM SCRATCH
source "$(dirname "$0")/../cli/lib.sh"
/usr/bin/python3 -c 'import h5py' 2>/dev/null || { echo "skipped: h5py is not installed"; exit 77; }

check "make a survey" "$pstm" synth --preset amplitude --out "$scratch/ones"
/usr/bin/python3 - "$scratch/ones/"*.sgy <<'PY' || exit 1
import sys, numpy
bytes_ = numpy.memmap(sys.argv[1], numpy.uint8, "r+")
n = int.from_bytes(bytes_[3220:3222].tobytes(), "big")
traces = bytes_[3600:].reshape(-1, 240 + 4 * n)
traces[:, 240:] = numpy.frombuffer(b"\x3f\x80\0\0" * n, numpy.uint8) # 1.0, IEEE
PY

# stack NAME: 1 wherever all tapers together are above 1, and something is faded and something is not.
stack() {
  /usr/bin/python3 - "$scratch/$1.h5" <<'PY'
import sys, h5py
file = h5py.File(sys.argv[1])
fold, stack = file["fold"][32:48, 32:48], file["stack"][32:48, 32:48]
gather = file["gather"][32:48, 32:48].astype(float).sum(axis=2)
whole = gather > 1.001
print("samples", whole.sum(), "of", (fold > 0).sum(), "; off by", abs(stack[whole] - 1).max(),
      "; divided by the fold", (gather / fold.clip(1))[whole].min())
assert whole.sum() > 5000 and abs(stack[whole] - 1).max() < 1e-5
assert (gather / fold.clip(1))[whole].min() < 0.9
assert file.attrs["amplitude"].decode().startswith("kinematic: weighted sums, and /stack is divided by the sum of the tapers")
PY
}

for device in cpu reference; do
  check "$device: migrate" "$pstm" run "$scratch/ones/job.yaml" --quiet --set devices=$device --set migrate.weight=none \
    --set output.file="$scratch/$device.h5" --set migrate.aperture.taper=0.4 --set condition.wavelet=off \
    --set "target.inlines=[33, 48]" --set "target.crosslines=[33, 48]" --set "target.time=[0.05, 0.5]" --set output.gathers=on
  check "$device: the stack is 1" stack $device
done
finish
