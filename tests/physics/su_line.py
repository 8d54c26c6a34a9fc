"""The line su_constant_velocity against its known answers.

usage: su_line.py PSTM JOB DATA_FOLDER SCRATCH_FOLDER

Events: each reflector's stack time against the truth for 300 < x < 4400 m, leaving out places where two
events are within 80 ms: median error under 0.5 ms, 95th percentile under 2 ms. Diffractors: at their CDP and
within 4 ms, in a stack whose reflectors are out of the way (an inner window round the truth). With the wavelet
filter off the flat event must be off by milliseconds: that is what the filter is for.
"""
import os
import subprocess
import sys

MEDIAN_MS, PERCENTILE_95_MS = 0.5, 2.0  # asked for by the project
DIFFRACTOR_MS, APART_S, HALF_WINDOW_S = 4.0, 0.080, 0.030
UPSAMPLE = 16

pstm, job, data, scratch = sys.argv[1:5]
segy = os.path.join(data, "su_cv.sgy")
if not os.path.exists(segy):
    print("skipped: no", segy)
    sys.exit(77)
try:
    import h5py
    import numpy as np
except ImportError as error:
    print("skipped:", error)
    sys.exit(77)


def migrate(name, *settings):
    path = os.path.join(scratch, name)
    command = [pstm, "run", job, "--overwrite", "--quiet", "--set", "input.segy=" + segy,
               "--set", "output.file=" + path]
    for setting in settings:
        command += ["--set", setting]
    subprocess.run(command, check=True, timeout=300)
    with h5py.File(path) as cube:
        return cube["stack"][0], cube["twt"][:], cube["cdp_x"][0]


def finely(trace):
    """Band-limited interpolation by zero padding the spectrum."""
    n = len(trace)
    spectrum = np.zeros(n * UPSAMPLE // 2 + 1, complex)
    spectrum[: n // 2 + 1] = np.fft.rfft(trace)
    return np.fft.irfft(spectrum, n * UPSAMPLE) * UPSAMPLE


def peak_time(fine, dt, near):
    first = int((near - HALF_WINDOW_S) / dt * UPSAMPLE)
    last = int((near + HALF_WINDOW_S) / dt * UPSAMPLE)
    i = first + int(np.argmax(np.abs(fine[first:last])))
    a, b, c = np.abs(fine[i - 1 : i + 2])
    return (i + 0.5 * (a - c) / (a - 2 * b + c)) * dt / UPSAMPLE


def errors_ms(stack, twt, x):
    truth = np.loadtxt(os.path.join(data, "su_cv_truth.txt"))
    names, errors = ["flat", "dip", "syncline"], {}
    dt = twt[1] - twt[0]
    for row in truth:
        if not 300 < row[0] < 4400:
            continue
        fine = finely(stack[int(np.argmin(np.abs(x - row[0])))])
        times = row[[2, 4, 6]]
        for i, name in enumerate(names):
            others = np.delete(times, i)
            if np.min(np.abs(others - times[i])) < APART_S or times[i] > twt[-1] - 2 * HALF_WINDOW_S:
                continue
            errors.setdefault(name, []).append(1e3 * (peak_time(fine, dt, times[i]) - times[i]))
    return {name: np.array(e) for name, e in errors.items()}


def check_events(stack, twt, x):
    good = True
    for name, e in errors_ms(stack, twt, x).items():
        median, tail = np.median(np.abs(e)), np.percentile(np.abs(e), 95)
        print(f"{name:9s} n {len(e):4d}  mean {e.mean():+.3f} ms  median |error| {median:.3f} ms  95 % {tail:.3f} ms")
        good &= len(e) > 50 and median < MEDIAN_MS and tail < PERCENTILE_95_MS
    return good


def check_diffractors(stack, twt, x):
    """The strongest sample within 3 CDPs and 30 ms of each diffractor must be at its CDP."""
    good = True
    dt = twt[1] - twt[0]
    for x_true, _, t_true in np.loadtxt(os.path.join(data, "su_cv_diffractors.txt")):
        centre = int(np.argmin(np.abs(x - x_true)))
        columns = range(centre - 3, centre + 4)
        fines = [finely(stack[c]) for c in columns]
        first, last = (int((t_true + s * HALF_WINDOW_S) / dt * UPSAMPLE) for s in (-1, 1))
        strength = [np.max(np.abs(f[first:last])) for f in fines]
        best = int(np.argmax(strength))
        error = 1e3 * (peak_time(fines[best], dt, t_true) - t_true)
        print(f"diffractor at {x_true:.0f} m: CDP off by {best - 3}, {error:+.2f} ms")
        good &= best == 3 and abs(error) < DIFFRACTOR_MS
    return good


os.makedirs(scratch, exist_ok=True)
good = True
line = migrate("line.h5")
good &= check_events(*line)
good &= check_diffractors(*line)
unfiltered = errors_ms(*migrate("unfiltered.h5", "condition.wavelet=off"))["flat"]
print(f"flat without the wavelet filter: {np.median(unfiltered):+.2f} ms")
good &= abs(np.median(unfiltered)) > 2
print("1 passed, 0 failed" if good else "0 passed, 1 failed")
sys.exit(0 if good else 1)
