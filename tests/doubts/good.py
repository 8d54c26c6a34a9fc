"""good.py PSTM SCRATCH [COUNT [SEED]]: good surveys, made at random, and presets of `pstm synth` raise no doubt.

Each random survey has its own seed, SEED + its number, which is printed when it fails. Geometry, headers, formats and
samples are such as real acquisition has them; the job fits them. `pstm run` and `pstm plan` must succeed in silence.
"""
import math
import os
import random
import re
import shutil
import subprocess
import sys
from types import SimpleNamespace

import good_geometry
import good_writer

FIRST_SEED = 1400
DEADLINE_S = 60 * float(os.environ.get("PSTM_TEST_PATIENCE", "1"))
DOUBT = re.compile(r"(warning|error): \[")
SCALARS = {-1: 1, 0: 1, 1: 1, -10: 10, -100: 100, -1000: 1000, 10: 0.1}  # and the number of a metre
SLOWEST = 1400  # m/s; records last until the direct wave of this velocity
AUXILIARY = (3, 4, 5, 6, 7, 8, 9)
ORIGINS = {"utm": (431250, 6712400), "utm_south": (612340, 7421000), "national": (189500, 463000), "local": (0, 0),
           "mine": (20000, 10000)}


# ---- what a survey is ------------------------------------------------------------------------------------------


def choose_format(s, r):
    s.su = r.random() < 0.2
    s.little = r.random() < (0.5 if s.su else 0.2)
    s.revision = 0 if s.su else r.choice([0, 0, 1, 1, 2])
    s.format = 5 if s.su else r.choice([1, 1, 5, 5, 2, 3, 8, 6] if s.revision == 2 else [1, 1, 5, 5, 2, 3])
    s.n_extended = r.choice([0, 0, 1, 3]) if s.revision > 0 else 0
    s.ebcdic, s.length_unit = r.random() < 0.7, r.choice([1, 1, 0])
    s.fold, s.sorting, s.job_number = r.choice([0, 1, 24]), r.choice([0, 1, 2]), r.choice([0, 1, 9999])
    s.text = ["CLIENT A. N. OTHER", "LENGTHS IN METRES", "SOURCE X, Y BYTES 73-80"]


def choose_times(s, r):
    s.n_samples = r.choice([250, 251, 301, 375, 400, 500, 501])
    needed_us = 1e6 * s.most_offset / SLOWEST / s.n_samples
    s.interval_us = r.choice([us for us in (62, 100, 125, 250, 500, 1000, 2000, 4000, 8000) if us > needed_us][:2])
    s.record_s = s.n_samples * s.interval_us * 1e-6
    s.delay_ms, s.delay_grows_ms = 0, 0
    if r.random() < 0.3:
        s.delay_ms = int(1e3 * s.record_s * r.uniform(-0.05, 0.2))
        s.delay_grows_ms = int(1e3 * s.record_s * r.choice([0, 0, 0.05, 0.15]))
    s.mute_part = r.choice([0, 0, 0.1, 0.3, 0.45])


def can_hold(s, scalar):
    """Coordinates fit into 4 bytes, and a scalar that leaves tens of metres is for wide stations."""
    wide = s.geometry in (good_geometry.land_3d, good_geometry.nodes)
    return (max(s.origin) + 20000) * SCALARS[scalar] < 2**31 and (wide or scalar != 10)


def choose_headers(s, r):
    s.origin_name = r.choice(sorted(ORIGINS))
    s.origin = ORIGINS[s.origin_name]
    s.scalar = r.choice([k for k in sorted(SCALARS) if can_hold(s, k)])
    s.azimuth = r.choice([0, 90, 90, 180, 270, r.randint(0, 359), round(r.uniform(0, 360), 2)])
    s.offset_kind = r.choice(["signed", "plain", "plain", "zero"])
    s.has_cdp = r.random() < 0.5
    s.trace_id = r.choice([1, 1, 1, 0])
    s.auxiliary = r.choice([0, 0, 0, 1, 3])
    if s.geometry is good_geometry.single_channel:
        s.auxiliary = min(s.auxiliary, 1)
    s.dead_part = r.choice([0, 0, 0.01, 0.05])
    s.first_record = r.choice([0, 1, 101, 2001])
    s.shoots_again = r.random() < 0.15
    s.order = r.choice(["shot", "shot", "shot", "cdp", "offset", "any"])
    s.trace_counts, s.units = s.su or r.random() < 0.8, r.choice([0, 1, 1])
    s.fills_elevations = r.random() < 0.5
    s.n_files = r.choice([1, 1, 1, 2, 3])
    s.by_cdp = s.geometry in good_geometry.STRAIGHT and s.has_cdp and s.offset_kind == "plain" and r.random() < 0.3


def describe(s):
    kind = "SU" if s.su else f"SEG-Y revision {s.revision}"
    return (f"{s.geometry.__name__}, {kind}, format {s.format}, {'little' if s.little else 'big'}-endian, "
            f"{s.origin_name}, azimuth {s.azimuth}, scalar {s.scalar}, offset {s.offset_kind}, {s.n_samples} x "
            f"{s.interval_us} us, {s.amplitude} at {s.level:g}, {s.auxiliary} auxiliary, {s.n_files} files, "
            f"{s.order} order{', cdp_offset' if s.by_cdp else ''}, velocity {s.velocity_kind}")


# ---- samples ---------------------------------------------------------------------------------------------------


def reflections(n, r):
    """A record: wavelets of random reflectors that fade, and noise."""
    record, width = [r.gauss(0, 0.01) for _ in range(n)], r.uniform(2, 6)
    for _ in range(n // 6):
        at, size = r.randrange(n), r.gauss(0, 1)
        for k in range(max(at - 20, 0), min(at + 21, n)):
            u = ((k - at) / width) ** 2
            record[k] += size * (1 - u) * math.exp(-u / 2)
    return [v * math.exp(-3 * k / n) for k, v in enumerate(record)]


def shaped(record, amplitude):
    most = max(map(abs, record))
    if amplitude == "clipped":
        return [max(-0.15, min(0.15, v / most)) / 0.15 for v in record]
    if amplitude == "sparse":
        return [v / most if k % 37 == 5 else 0.0 for k, v in enumerate(record)]
    if amplitude == "muted":
        return [v / most if k > len(record) // 5 else 0.0 for k, v in enumerate(record)]
    return [v / most for v in record]


def make_bank(s, r):
    """Records of which each trace takes one."""
    bank = [shaped(reflections(s.n_samples, r), s.amplitude) for _ in range(24)]
    bank = [[v * s.level for v in record] for record in bank]
    if s.amplitude == "whole":
        bank = [[float(round(v)) for v in record] for record in bank]
    end = "<" if s.little else ">"
    s.bank = [good_writer.packed_samples(record, s.format, end) for record in bank]
    s.silence = good_writer.packed_samples([0.0] * s.n_samples, s.format, end)


def choose_samples(s, r):
    s.amplitude = r.choice(["plain", "plain", "clipped", "sparse", "muted", "whole"])
    s.level = 10.0 ** r.randint(-9, 7)
    if s.amplitude == "whole":
        s.level = 10.0 ** r.randint(3, 6)
    if s.format in good_writer.LARGEST_INTEGER:
        s.level = max(good_writer.LARGEST_INTEGER[s.format] * r.choice([1, 0.1, 1e-2, 1e-4]), 30)


# ---- traces ----------------------------------------------------------------------------------------------------


def world(s, along, across):
    a = math.radians(s.azimuth)
    return (s.origin[0] + along * math.sin(a) + across * math.cos(a),
            s.origin[1] + along * math.cos(a) - across * math.sin(a))


def numbers(s, place):
    return [round(v * SCALARS[s.scalar]) for v in world(s, *place)]


def trace_fields(s, r, record, channel, source, receiver):
    offset = math.dist(source, receiver)
    middle = ((source[0] + receiver[0]) / 2, (source[1] + receiver[1]) / 2)
    (sx, sy), (gx, gy) = numbers(s, source), numbers(s, receiver)
    mute_ms = int(1e3 * s.record_s * s.mute_part * offset / s.most_offset)
    delay = s.delay_ms + s.delay_grows_ms * record // s.n_records
    fields = dict(record=s.first_record + record, channel=channel + 1, source=s.first_record + record, n_stacked=1,
                  trace_id=s.trace_id, scalar=s.scalar, sx=sx, sy=sy, gx=gx, gy=gy, units=s.units, delay=delay,
                  n_samples=s.n_samples if s.trace_counts else 0, interval=s.interval_us if s.trace_counts else 0,
                  year=2019, day=213, hour=record // 60 % 24, minute=record % 60, use=1, gain=1)
    if mute_ms > 0:
        fields.update(mute_start=delay, mute_end=delay + mute_ms)
    if s.offset_kind != "zero":
        fields.update(offset=round(-offset if s.offset_kind == "signed" and channel % 2 else offset))
    if s.has_cdp:
        x, y = numbers(s, middle)
        fields.update(cdp=1 + round((middle[0] - s.box[0]) / s.step), cdp_x=x, cdp_y=y, inline=1, crossline=1)
    if s.by_cdp:
        fields.update(sx=0, sy=0, gx=0, gy=0)
    if s.fills_elevations:
        fields.update(receiver_elevation=1234, source_elevation=1190, source_depth=12, elevation_scalar=-10,
                      source_static=-8, receiver_static=5, total_static=-3, water_depth=0)
    if s.dead_part and r.random() < s.dead_part:
        fields.update(trace_id=2)
    return fields


def auxiliary_fields(s, r, record, channel):
    return dict(record=s.first_record + record, channel=channel + 1, trace_id=AUXILIARY[channel], scalar=s.scalar,
                n_samples=s.n_samples if s.trace_counts else 0, interval=s.interval_us if s.trace_counts else 0)


def make_traces(s, r):
    """(along the survey, offset, fields, samples) of each trace, in the order of the files."""
    traces = []
    for record, source, receivers in s.shots:
        if s.trace_id == 1:
            for channel in range(s.auxiliary):
                fields = auxiliary_fields(s, r, record, channel)
                traces.append((source[0], 0, fields, r.choice(s.bank)))
        for channel, receiver in enumerate(receivers):
            fields = trace_fields(s, r, record, channel, source, receiver)
            samples = s.silence if fields["trace_id"] == 2 else r.choice(s.bank)
            traces.append((source[0] + receiver[0], math.dist(source, receiver), fields, samples))
    if s.order == "cdp":
        traces.sort(key=lambda t: t[:2])
    if s.order == "offset":
        traces.sort(key=lambda t: (round(t[1]), t[0]))
    if s.order == "any":
        r.shuffle(traces)
    for number, trace in enumerate(traces):
        trace[2].update(line_number=number + 1, file_number=number + 1)
    return [trace[2:] for trace in traces]


def measure(s, r):
    """Box of the midpoints, step of the bins, offsets."""
    if s.shoots_again:
        record, source, receivers = s.shots[-1]
        s.shots.append((record + 1, source, receivers))
    s.n_records = 1 + max(shot[0] for shot in s.shots)
    s.n_channels = max(len(shot[2]) for shot in s.shots)
    pairs = [(source, receiver) for _, source, receivers in s.shots for receiver in receivers]
    along = [(a[0] + b[0]) / 2 for a, b in pairs]
    across = [(a[1] + b[1]) / 2 for a, b in pairs]
    s.box = (min(along), max(along), min(across), max(across))
    s.most_offset = max(max(math.dist(a, b) for a, b in pairs), 1)
    s.step = max((s.box[1] - s.box[0]) / r.randint(24, 40), 0.5)


# ---- the job ---------------------------------------------------------------------------------------------------


def make_grid(s, r):
    """The bins of all midpoints, of a part of them, or a margin more, numbered along or across the survey."""
    a0, a1, c0, c1 = s.box
    margin = r.choice([0, 0, 0.1, -0.2]) * (a1 - a0)
    a0, a1 = a0 - margin, a1 + margin
    n_along = int((a1 - a0) / s.step) + 1
    if c1 - c0 < s.step:
        c0, n_across = (c0 + c1) / 2, 1
    else:
        n_across = int((c1 - c0) / s.step) + 1
    a1, c1 = a0 + (n_along - 1) * s.step, c0 + (n_across - 1) * s.step
    turn = r.choice([0, 90, 180, 270])
    corner = {0: (a0, c0), 90: (a1, c0), 180: (a1, c1), 270: (a0, c1)}[turn]
    n_inlines, n_crosslines = (n_across, n_along) if turn in (0, 180) else (n_along, n_across)
    s.centre = ((a0 + a1) / 2, (c0 + c1) / 2)
    x, y = world(s, *corner)
    return (f"  origin: [{x:.3f}, {y:.3f}]\n  azimuth: {(s.azimuth + turn) % 360}\n"
            f"  inline: {{ n: {n_inlines}, step: {s.step:.4f} }}\n"
            f"  crossline: {{ n: {n_crosslines}, step: {s.step:.4f} }}\n")


def pick_function(s, r):
    """Rms velocities of a rock that grows faster with depth, now and then with a slower layer."""
    interval, sum_v2t, t, picks = r.uniform(1480, 2200), 0.0, 0.0, []
    for _ in range(r.randint(3, 8)):
        dt = s.end_s * r.uniform(0.08, 0.3)
        sum_v2t, t = sum_v2t + interval**2 * dt, t + dt
        picks.append((t, math.sqrt(sum_v2t / t)))
        interval = min(interval * r.uniform(0.92, 1.25), 6000)
    return picks


def make_velocity(s, r, folder):
    s.velocity_kind = r.choice(["constant", "one function", "functions", "functions"])
    if s.velocity_kind == "constant":
        return f"{{ constant: {r.choice([1500, 1800, 2000, 2500, 3200])} }}"
    places = [""] if s.velocity_kind == "one function" else []
    for _ in range(0 if places else r.randint(2, 9)):
        along = r.uniform(s.box[0], s.box[1]) + r.choice([0, 0, 10 * s.step, -10 * s.step])
        x, y = world(s, along, r.uniform(s.box[2], s.box[3]))
        places.append(f"{x:.1f} {y:.1f} ")
    with open(os.path.join(folder, "velocity.txt"), "w") as file:
        for place in places:
            file.writelines(f"{place}{t:.4f} {v:.1f}\n" for t, v in pick_function(s, r))
    return "{ file: velocity.txt }"


def make_job(s, r, folder, files):
    s.end_s = (s.record_s + max(s.delay_ms, 0) * 1e-3) * r.uniform(0.6, 1.0)
    grid = make_grid(s, r)
    step = s.end_s / r.randint(60, 100)
    nyquist = 5e5 / s.interval_us
    corners = ", ".join(f"{part * nyquist:.2f}" for part in (0.02, 0.05, 0.5, 0.7))
    bandpass = "off" if r.random() < 0.7 else f"[{corners}]"
    by_cdp = f", geometry: cdp_offset, offset_azimuth: {s.azimuth}" if s.by_cdp else ""
    agc = f"{s.record_s / 4:.4f}" if r.random() < 0.2 else "off"
    kinematic = "migrate: { weight: obliquity }\n"  # amplitudes that AGC has left
    with open(os.path.join(folder, "job.yaml"), "w") as file:
        file.write(f"input: {{ segy: [{', '.join(files)}]{by_cdp} }}\n"
                   f"condition: {{ bandpass: {bandpass}, agc: {agc} }}\n"
                   f"grid:\n{grid}  time: {{ n: {int(s.end_s / step)}, step: {step:.7f} }}\n"
                   f"velocity: {make_velocity(s, r, folder)}\n"
                   f"{'' if agc == 'off' else kinematic}"
                   f"output: {{ file: image.h5 }}\n")


def make(seed, folder):
    """Writes the survey of a seed into a folder and returns its description."""
    r, s = random.Random(seed), SimpleNamespace()
    s.geometry = r.choice(good_geometry.GEOMETRIES)
    s.shots = s.geometry(r)
    for choose in (choose_format, choose_headers, measure, choose_times, choose_samples):
        choose(s, r)
    make_bank(s, r)
    traces = make_traces(s, r)
    part = -(-len(traces) // s.n_files)
    files = [f"line{i + 1}.{'su' if s.su else 'sgy'}" for i in range(s.n_files)]
    for i, name in enumerate(files):
        good_writer.write(os.path.join(folder, name), s, traces[i * part:(i + 1) * part])
    make_job(s, r, folder, files)
    return describe(s)


# ---- the test --------------------------------------------------------------------------------------------------


def complaint(pstm, folder):
    """What is wrong with the program's answer to the job in a folder, or nothing."""
    job = os.path.join(folder, "job.yaml")
    for command in (["run", job, "--quiet", "--set", f"output.file={folder}/image.h5"], ["plan", job, "--ranks", "1"]):
        try:
            answer = subprocess.run([pstm, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                    errors="replace", timeout=DEADLINE_S)
        except subprocess.TimeoutExpired:
            return f"pstm {command[0]} takes longer than {DEADLINE_S} s"
        if answer.returncode != 0 or DOUBT.search(answer.stdout):
            return f"pstm {command[0]}: exit code {answer.returncode}\n{answer.stdout}"
    return None


def presets(pstm):
    """The presets that `pstm synth` lists."""
    text = subprocess.run([pstm, "synth", "--help"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return re.findall(r"^  (\w+) ", text.partition("presets:")[2].partition("options:")[0], re.M)


def make_preset(pstm, preset, folder):
    subprocess.run([pstm, "synth", "--preset", preset, "--traces", "2000", "--inline", "20,25", "--crossline", "18,25",
                    "--out", folder], stdout=subprocess.DEVNULL, check=True)
    return f"preset {preset}"


def main():
    pstm, scratch = sys.argv[1:3]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 25
    first = int(sys.argv[4]) if len(sys.argv) > 4 else FIRST_SEED
    os.makedirs(scratch, exist_ok=True)
    os.environ["OMPI_MCA_orte_tmpdir_base"] = scratch  # short MPI jobs of others take each other's folder in /tmp away
    print(f"{count} good surveys of the seeds {first} to {first + count - 1}")
    makers = {f"seed_{seed}": (lambda folder, seed=seed: make(seed, folder)) for seed in range(first, first + count)}
    for preset in presets(pstm):
        makers[preset] = lambda folder, preset=preset: make_preset(pstm, preset, folder)
    n_failed = 0
    for name, maker in makers.items():
        folder = os.path.join(scratch, name)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        text = maker(folder)
        wrong = complaint(pstm, folder)
        if wrong:
            n_failed += 1
            print(f"FAILED  {name}: {text}\n{wrong}\n        in {folder}")
        else:
            shutil.rmtree(folder)
    print(f"{len(makers) - n_failed} of {len(makers)} raise no doubt")
    return 1 if n_failed else 0


if __name__ == "__main__":
    sys.exit(main())
