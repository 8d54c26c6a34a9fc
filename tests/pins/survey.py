"""survey.py cube|line FOLDER: a survey from integer arithmetic alone, so that every machine makes the same bytes.

Writes FOLDER/survey.sgy (IEEE floats, coordinates in decimetres) and FOLDER/job.yaml. Some traces begin late, some are
short, some have a mute in their header, one in forty is dead or empty. The cube's midpoints and offsets are random; the
line runs along x, so that a leg is exact however the machine takes a root of x^2 + 0^2.
"""
import os
import struct
import sys

N_SAMPLES, INTERVAL_US = 300, 4000

JOB = """# Made by tests/pins/survey.py.
input: {{ segy: [survey.sgy] }}
condition: {{ wavelet: off, mute: {{ taper: 0 }} }}
grid:
  origin: [{x}, {y}]
  azimuth: {azimuth}
  inline: {{ n: {n_inlines}, step: {step} }}
  crossline: {{ n: {n_crosslines}, step: {step} }}
  time: {{ n: 200, step: 0.005, first: 0.05 }}
velocity: {{ constant: 2000 }}
migrate: {{ aperture: {{ distance: 700, angle: 60, taper: 0 }}, weight: obliquity, antialias: off }}
output: {{ file: image.h5 }}
"""


class Random:
    """A linear congruential generator (Knuth's constants for 64 bits)."""

    def __init__(self, state):
        self.state = state

    def below(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & (2**64 - 1)
        return (self.state >> 33) % n

    def between(self, low, high):
        return low + self.below(high - low + 1)


def reel():
    binary = bytearray(400)
    struct.pack_into(">h", binary, 16, INTERVAL_US)
    struct.pack_into(">h", binary, 20, N_SAMPLES)
    struct.pack_into(">h", binary, 24, 5)
    struct.pack_into(">h", binary, 54, 1)
    return b" " * 3200 + bytes(binary)


def trace_header(random, number, ends):
    kind = random.below(40) if number > 0 else 1
    delay_ms = random.between(3, 80) if random.below(4) == 0 else 0
    mute = (0, delay_ms + random.between(10, 300)) if random.below(3) == 0 else (0, 0)
    n_samples = random.between(120, N_SAMPLES) if number > 0 and random.below(3) == 0 else N_SAMPLES
    header = bytearray(240)
    struct.pack_into(">i", header, 0, number + 1)
    struct.pack_into(">h", header, 28, 2 if kind == 0 else 1)
    struct.pack_into(">hh", header, 68, 1, -10)
    struct.pack_into(">iiii", header, 72, *ends)
    struct.pack_into(">h", header, 88, 1)
    struct.pack_into(">hhh", header, 108, delay_ms, *mute)
    struct.pack_into(">hh", header, 114, n_samples, INTERVAL_US)
    return bytes(header)


def samples(random):
    """All 24 bits of a float are used, so that products and differences are rounded."""
    empty = random.below(40) == 0
    most = 2**24 - 1
    return struct.pack(f">{N_SAMPLES}f", *(0 if empty else random.between(-most, most) / 2**14 for _ in range(N_SAMPLES)))


def ends_of_cube(random):
    """Source and receiver in decimetres, about 850 x 500 m of image west and south of the origin."""
    x, y = 4500000 - random.between(-2000, 10500), 52000000 - random.between(-2000, 7000)
    hx, hy = random.between(-3000, 3000), random.between(-3000, 3000)
    return x - hx, y - hy, x + hx, y + hy


def ends_of_line(random):
    x, h = random.between(-2000, 11000), random.between(-4500, 4500)
    return x - h, 0, x + h, 0


SURVEYS = {
    "cube": (ends_of_cube, 360, dict(x=450000, y=5200000, azimuth=180, n_inlines=34, n_crosslines=20, step=25)),
    "line": (ends_of_line, 300, dict(x=0, y=0, azimuth=90, n_inlines=1, n_crosslines=70, step=12.5)),
}


def main():
    name, folder = sys.argv[1:]
    ends, n_traces, grid = SURVEYS[name]
    os.makedirs(folder, exist_ok=True)
    random = Random(len(name) * 1000 + n_traces)
    with open(os.path.join(folder, "survey.sgy"), "wb") as file:
        file.write(reel())
        for number in range(n_traces):
            file.write(trace_header(random, number, ends(random)) + samples(random))
    with open(os.path.join(folder, "job.yaml"), "w") as file:
        file.write(JOB.format(**grid))


main()
