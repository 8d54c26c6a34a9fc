"""The field line loma_blanca_sh against the reflectors that are known under it.

usage: loma_blanca.py PSTM JOB DATA_FOLDER SCRATCH_FOLDER

The strength of an event at time t is the largest |mean| over the middle of the line along straight lines
through t there, with slopes of up to 1 ms/m: noise and unfocused energy average out. In each window of a known
reflector the strongest must be a peak (not an edge of the window) of at least CLEAR times the rms strength
between the reflectors. With velocities 30 % too low not all three may be clear, and the deep two must lose
strength; 30 % too high, the shallow one, whose moveout is the largest, must.
"""
import os
import subprocess
import sys

REFLECTORS_S = [(0.135, 0.160), (0.290, 0.315), (0.318, 0.355)]
BETWEEN_S = (0.170, 0.280)
MIDDLE_M = (20, 45)  # of a line from 1 to 59.5 m
STEEPEST_S_M, N_SLOPES = 1e-3, 41
CLEAR = 3.0  # right velocities give 3.7 and more for each, 30 % too low ones 2.1 for the weakest
LOST = 0.7  # share of the right strength that is left at most; measured: 0.50 to 0.54

pstm, job, data, scratch = sys.argv[1:5]
segy = os.path.join(data, "loma_blanca_sh.sgy")
if not os.path.exists(segy):
    print("skipped: no", segy)
    sys.exit(77)
try:
    import h5py
    import numpy as np
except ImportError as error:
    print("skipped:", error)
    sys.exit(77)


def migrate(velocity_scale):
    path = os.path.join(scratch, f"scale_{velocity_scale}.h5")
    subprocess.run([pstm, "run", job, "--overwrite", "--quiet", "--set", "input.segy=" + segy, "--set",
                    "output.file=" + path, "--set", f"velocity.scale={velocity_scale}"], check=True, timeout=300)
    with h5py.File(path) as cube:
        return cube["stack"][0], cube["twt"][:], cube["cdp_x"][0]


def strength(stack, twt, x):
    middle = (x >= MIDDLE_M[0]) & (x <= MIDDLE_M[1])
    distance = x[middle] - x[middle].mean()
    strongest = np.zeros(len(twt))
    for slope in np.linspace(-STEEPEST_S_M, STEEPEST_S_M, N_SLOPES):
        along = [np.interp(twt + slope * d, twt, trace) for d, trace in zip(distance, stack[middle])]
        strongest = np.maximum(strongest, np.abs(np.mean(along, axis=0)))
    return strongest


def within(twt, window):
    return np.flatnonzero((twt >= window[0]) & (twt <= window[1]))


def events(velocity_scale):
    """The strength at each reflector, and whether it is clear."""
    stack, twt, x = migrate(velocity_scale)
    e = strength(stack, twt, x)
    background = np.sqrt(np.mean(e[within(twt, BETWEEN_S)] ** 2))
    heights, clear = [], []
    for window in REFLECTORS_S:
        samples = within(twt, window)
        best = samples[np.argmax(e[samples])]
        heights.append(e[best])
        clear.append(samples[0] < best < samples[-1] and e[best] >= CLEAR * background)
        print(f"velocity x {velocity_scale}: {twt[best]:.3f} s, {e[best] / background:.2f} times the background"
              f"{'' if clear[-1] else ', not clear'}")
    return np.array(heights), clear


os.makedirs(scratch, exist_ok=True)
right, right_clear = events(1.0)
slow, slow_clear = events(0.7)
fast, _ = events(1.3)
print("strength left, 30 % too slow:", np.round(slow / right, 2), " 30 % too fast:", np.round(fast / right, 2))
good = all(right_clear) and not all(slow_clear)
good &= slow[1] < LOST * right[1] and slow[2] < LOST * right[2] and fast[0] < LOST * right[0]
print("1 passed, 0 failed" if good else "0 passed, 1 failed")
sys.exit(0 if good else 1)
