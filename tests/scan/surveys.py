"""Surveys with known grids as SEG-Y, which share no code with the program, and what `pstm scan` finds in them.

  surveys.py PSTM FOLDER SEEDS    "1-20": makes a survey for each seed and compares the grid that scan proposes

Midpoints scatter by up to 0.2 bins either way, a fifth of the shots is missing, some traces are there twice, there are holes;
coordinates are UTM in centimetres (scalar -100). By seed in turn: orthogonal, parallel lines with streamers, a 2D line, a
crooked line, orthogonal and left-handed with numbers that grow by 2, and midpoints at random.
"""
import json
import math
import random
import struct
import subprocess
import sys

KINDS = ["orthogonal", "parallel", "line", "crooked", "left-handed", "random"]
SCATTER = 0.2  # bins, of a midpoint
MISSING = 0.2  # of the shots


class Survey:
    """Traces as (source, receiver, inline number, crossline number) and the grid that they were made of."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.kind = KINDS[(seed - 1) % len(KINDS)]
        self.step = [self.random.choice([6.25, 12.5, 20, 25, 30])]
        self.step.insert(0, self.step[0] * self.random.choice([1, 1, 2, 0.5, 1.6]))
        self.azimuth = self.random.uniform(0, 360)
        self.origin = (self.random.uniform(300e3, 700e3), self.random.uniform(1e6, 8e6))
        self.numbers = self.random.random() < 0.6
        self.apart = self.random.random() < 0.5  # sources and receivers are off, each by itself
        self.first = [self.random.randrange(100, 3000), self.random.randrange(100, 3000)]
        self.grow = [1, 1]
        self.left = False
        self.traces, self.stations = [], {}

    def world(self, i, j):
        """Of fractional bins: crosslines grow towards azimuth, inlines towards azimuth + 90."""
        a = math.radians(self.azimuth)
        along, across = j * self.step[1], i * self.step[0]
        return (self.origin[0] + along * math.sin(a) + across * math.cos(a),
                self.origin[1] + along * math.cos(a) - across * math.sin(a))

    def shift(self, kind, station):
        """Each station keeps its own; those of a trace that are not apart are drawn for it alone."""
        draw = self.random.uniform
        new = (draw(-SCATTER, SCATTER), draw(-SCATTER, SCATTER))
        return self.stations.setdefault((kind, station), new) if self.apart else new

    def add(self, source, receiver):
        """Of a source and a receiver in bins (i, j), whose midpoint is a node."""
        shifts = [self.shift("s", source), self.shift("r", receiver)]
        i, j = (source[0] + receiver[0]) // 2, (source[1] + receiver[1]) // 2
        ends = [self.world(e[0] + shift[0], e[1] + shift[1])
                for e, shift in zip((source, receiver), shifts if self.apart else shifts[:1] * 2)]
        number_i = self.first[0] + self.grow[0] * (-i if self.left else i)
        self.traces.append((ends[0], ends[1], number_i, self.first[1] + self.grow[1] * j, (i, j)))
        if self.random.random() < 0.01:
            self.traces.append(self.traces[-1])

    def shots(self, n):
        return [k for k in range(n) if self.random.random() >= MISSING]

    def in_hole(self, i, j, hole):
        return math.hypot(i - hole[0], j - hole[1]) < hole[2]

    def orthogonal(self):
        n_i, n_j = 2 * self.random.randrange(30, 45), 2 * self.random.randrange(40, 60)
        hole = (n_i * 0.6, n_j * 0.4, 9)
        for line in range(0, n_j, 10):  # source lines along inlines' axis
            for s in self.shots(n_i // 2):
                source = (2 * s, line)
                if self.in_hole(*source, hole):
                    continue
                for receivers in range(0, n_i, 8):
                    if abs(receivers - source[0]) > 24:
                        continue
                    for r in range(max(0, line - 40), min(n_j, line + 41), 2):
                        self.add(source, (receivers, r))

    def parallel(self):
        channels = self.random.randrange(30, 50)
        for sail in range(6):
            for shot in self.shots(self.random.randrange(60, 90)):
                for streamer in range(4):
                    flip = shot % 2  # two sources, so that midpoint lines interleave
                    source = (16 * sail + flip * 2, 4 * shot)
                    for channel in range(channels):
                        self.add(source, (16 * sail + 4 * streamer, 4 * shot - 10 - 2 * channel))

    def line(self):
        n = 2 * self.random.randrange(150, 300)
        self.step[0] = self.step[1]
        for s in self.shots(n // 4):
            for r in range(max(0, 4 * s - 60), min(n, 4 * s + 61), 2):
                self.add((0, 4 * s), (0, r))

    def crooked(self):
        """Stations along a road that turns; numbers of CDPs are not given."""
        self.numbers = False
        turn, x, y, stations = self.random.uniform(0.004, 0.007), 0.0, 0.0, []
        for k in range(360):
            heading = 0.7 * math.sin(turn * k * 2) + 0.3 * math.sin(3 * turn * k)
            x, y = x + math.sin(heading), y + math.cos(heading)
            stations.append((2 * x, 2 * y))
        for s in self.shots(180):
            for r in range(max(0, 2 * s - 48), min(360, 2 * s + 49)):
                self.traces.append((self.world(*stations[2 * s]), self.world(*stations[r]), 0, 0, None))

    def random_points(self):
        self.numbers = False
        draw = self.random.uniform
        for _ in range(15000):
            middle, half = (draw(0, 90), draw(0, 140)), (draw(-20, 20), draw(-20, 20))
            self.traces.append((self.world(middle[0] - half[0], middle[1] - half[1]),
                                self.world(middle[0] + half[0], middle[1] + half[1]), 0, 0, None))

    def make(self):
        if self.kind == "left-handed":
            self.left, self.grow, self.numbers = True, [2, 1], True
        {"orthogonal": self.orthogonal, "left-handed": self.orthogonal, "parallel": self.parallel, "line": self.line,
         "crooked": self.crooked, "random": self.random_points}[self.kind]()

    def nodes(self):
        """First and last of the nodes that have traces, of inlines and crosslines."""
        places = [t[4] for t in self.traces]
        return [(min(p[a] for p in places), max(p[a] for p in places)) for a in (0, 1)]


def centimetres(value):
    return int(round(100 * value))


def write(survey, path):
    n_samples, samples = 10, struct.pack(">10f", *range(1, 11))
    binary = bytearray(400)
    struct.pack_into(">h", binary, 16, 2000)
    struct.pack_into(">h", binary, 20, n_samples)
    struct.pack_into(">h", binary, 24, 5)
    struct.pack_into(">h", binary, 300, 0x0100)
    with open(path, "wb") as out:
        out.write("C 1 MADE BY surveys.py".ljust(3200).encode("cp037"))
        out.write(binary)
        record, last = 0, None
        for number, (source, receiver, inline, crossline, _) in enumerate(survey.traces):
            if source != last:
                record, last = record + 1, source
            header = bytearray(240)
            struct.pack_into(">iiii", header, 0, number + 1, number + 1, record, 1 + number % 30000)
            struct.pack_into(">h", header, 28, 1)
            struct.pack_into(">i", header, 36, int(round(math.dist(source, receiver))))
            struct.pack_into(">h", header, 70, -100)
            struct.pack_into(">iiii", header, 72, *(centimetres(v) for v in (*source, *receiver)))
            struct.pack_into(">hh", header, 114, n_samples, 2000)
            if survey.numbers:
                struct.pack_into(">ii", header, 188, inline, crossline)
            out.write(header)
            out.write(samples)


def off_by(value, truth, period):
    return abs((value - truth + period / 2) % period - period / 2)


def compare_grid(survey, found, complain):
    """Steps to 1 %, azimuth to 0.1 degree, a node to a tenth of a bin, counts, handedness, numbers."""
    grid = found["grid"]
    if not grid["lattice"]:
        complain("no lattice")
        return
    steps = [grid["inline"]["step_m"], grid["crossline"]["step_m"]]
    counts = [grid["inline"]["n"], grid["crossline"]["n"]]
    on_line = survey.kind == "line"
    for a in (1,) if on_line else (0, 1):
        if abs(steps[a] / survey.step[a] - 1) > 0.01:
            complain(f"step {a} is {steps[a]}, not {survey.step[a]}")
    if off_by(grid["azimuth_deg"], survey.azimuth, 180) > 0.1:
        complain(f"azimuth is {grid['azimuth_deg']}, not {survey.azimuth}")
    dx, dy = grid["origin_m"][0] - survey.origin[0], grid["origin_m"][1] - survey.origin[1]
    a = math.radians(survey.azimuth)
    along, across = dx * math.sin(a) + dy * math.cos(a), dx * math.cos(a) - dy * math.sin(a)
    if off_by(along, 0, survey.step[1]) > 0.1 * survey.step[1] or off_by(across, 0, survey.step[0]) > 0.1 * survey.step[0]:
        complain(f"the origin is {across / survey.step[0]:.3f}, {along / survey.step[1]:.3f} bins off")
    for a, (first, last) in enumerate(survey.nodes()):
        if counts[a] != last - first + 1:
            complain(f"{counts[a]} lines on axis {a}, not {last - first + 1}")
        if survey.numbers and survey.grow[a] == 1 and not survey.left and not (on_line and a == 0):
            if grid[["inline", "crossline"][a]]["first"] != survey.first[a] + first:
                complain(f"numbers of axis {a} begin elsewhere")
    if not on_line and grid["left_handed"] != (survey.left if survey.numbers else None):
        complain(f"left-handed: {grid['left_handed']}")


def judge(survey, found):
    faults = []
    wanted = {"line": "line", "crooked": "crooked", "random": "random"}.get(survey.kind, "area")
    if found["shape"] != wanted:
        faults.append(f"shape {found['shape']}, not {wanted}")
    elif wanted in ("area", "line"):
        compare_grid(survey, found, faults.append)
    else:
        grid = found["grid"]
        steps = [grid["inline"]["step_m"], grid["crossline"]["step_m"]]
        if grid["lattice"] or grid["azimuth_deg"] != round(grid["azimuth_deg"]):
            faults.append("false precision: " + json.dumps(grid))
        if wanted == "crooked" and not 0.6 < steps[1] / survey.step[1] < 1.7:  # stations are two bins apart, more or less
            faults.append(f"bins of {steps[1]} along a line of {survey.step[1]}")
        if any(float(f"{s:.2g}") != s for s in steps):
            faults.append(f"false precision: {steps}")
    if found["n_traces"] != len(survey.traces) or found["n_usable"] != len(survey.traces):
        faults.append("traces were lost")
    return faults


def main():
    pstm, folder, seeds = sys.argv[1:4]
    first, last = (int(s) for s in seeds.split("-"))
    failed = 0
    for seed in range(first, last + 1):
        survey = Survey(seed)
        survey.make()
        path = f"{folder}/survey_{seed}.sgy"
        write(survey, path)
        done = subprocess.run([pstm, "scan", path, "--json"], capture_output=True, text=True, timeout=300)
        faults = judge(survey, json.loads(done.stdout)) if done.returncode == 0 else [done.stderr]
        print(f"{'FAILED' if faults else 'ok    '}  seed {seed}: {survey.kind}, {len(survey.traces)} traces" +
              "".join("\n        " + f for f in faults), flush=True)
        failed += bool(faults)
    sys.exit(failed > 0)


main()
