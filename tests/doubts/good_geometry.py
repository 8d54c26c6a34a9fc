"""Where sources and receivers stand, as real acquisition places them: for the good surveys of good.py.

Each function returns shots (record, source, receivers) in a frame of the survey's own: metres along and across it.
"""
import math


def line(r):
    """A 2D land line, split spread or end-on."""
    step, n_channels = r.choice([5, 10, 12.5, 25]), r.choice([24, 48, 60])
    split, near = r.random() < 0.6, r.choice([0, 0.5, 1, 2])
    shots = []
    for record in range(r.randint(12, 30)):
        station = record * r.choice([1, 2])
        first = station - n_channels // 2 if split else station + 1
        receivers = [((first + k) * step, 0.0) for k in range(n_channels)]
        shots.append((record, ((station + (near if split else 0)) * step, r.choice([0, 0, 2.0])), receivers))
    return shots


def fixed_spread(r):
    """A 2D line whose receivers all stay in place, with shots at or between them."""
    step, n_channels = r.choice([2, 5, 10]), r.choice([24, 48, 72])
    receivers = [(k * step, 0.0) for k in range(n_channels)]
    return [(s, (s * step * 2 + r.choice([0, step / 2]), 0.0), receivers) for s in range(n_channels // 2)]


def crooked(r):
    """A 2D line along a bending road."""
    step, n_channels, n_shots = r.choice([12.5, 25]), 40, r.randint(20, 30)
    length = step * (2 * n_shots + n_channels)
    height, waves = length * r.uniform(0.02, 0.15), r.uniform(0.5, 1.5)

    def station(k):
        return k * step, height * math.sin(2 * math.pi * waves * k * step / length)

    return [(s, station(2 * s + n_channels // 2 + 0.5), [station(2 * s + k) for k in range(n_channels)])
            for s in range(n_shots)]


def streamer_2d(r):
    """A boat with one streamer that drifts."""
    step, n_channels, near = r.choice([6.25, 12.5, 25]), r.choice([48, 60, 96]), r.choice([50, 150, 200])
    drift = math.radians(r.uniform(-8, 8))
    return [(s, (s * 2 * step + r.uniform(-2, 2), r.uniform(-2, 2)),
             [(s * 2 * step - (near + k * step) * math.cos(drift), (near + k * step) * math.sin(drift))
              for k in range(n_channels)]) for s in range(r.randint(12, 25))]


def single_channel(r):
    """A sparker with one short streamer."""
    step, near = r.choice([1, 2, 5]), r.choice([3, 10, 20])
    return [(s, (s * step, 0.0), [(s * step - near, 0.0)]) for s in range(r.randint(150, 400))]


def land_3d(r):
    """Orthogonal: lines of sources across lines of receivers, a template that rolls along."""
    step, n_lines, n_stations = r.choice([20, 25, 50]), r.choice([4, 6]), r.choice([12, 16])
    shots, record = [], 0
    for salvo in range(r.randint(3, 5)):
        for point in range(r.randint(4, 6)):
            source = ((salvo * 3 + n_stations / 2) * step, (point + 0.5) * 2 * step)
            receivers = [((salvo * 3 + k) * step + step / 2, line * 4 * step)
                         for line in range(n_lines) for k in range(n_stations)]
            shots.append((record, source, receivers))
            record += 1
    return shots


def streamers_3d(r):
    """Two sources in turn before four streamers, sail lines in both directions."""
    step, n_channels, spacing, near = r.choice([12.5, 25]), r.choice([10, 16]), r.choice([50, 100]), 120
    drift, shots, n_points = math.radians(r.uniform(-6, 6)), [], r.randint(6, 10)
    for sail in range(r.randint(2, 4)):
        way, across = (1 if sail % 2 == 0 else -1), sail * 2 * spacing
        for point in range(n_points):
            along = 2 * step * (point if way > 0 else n_points - point)
            receivers = [(along - way * (near + k * step) * math.cos(drift),
                          across + (cable - 1.5) * spacing + k * step * math.sin(drift))
                         for cable in range(4) for k in range(n_channels)]
            source = (along, across + (spacing / 4 if point % 2 else -spacing / 4))
            shots.append((len(shots), source, receivers))
    return shots


def nodes(r):
    """A few nodes on the sea floor under a carpet of shots."""
    step, n = r.choice([25, 50]), r.randint(10, 16)
    apart = r.choice([4, 6])
    places = [(a * apart * step + r.uniform(-3, 3), c * apart * step + r.uniform(-3, 3))
              for a in range(2) for c in range(r.choice([1, 2]))]
    return [(i * n + k, (i * step, k * step), places) for i in range(n) for k in range(n)]


GEOMETRIES = (line, fixed_spread, crooked, streamer_2d, single_channel, land_3d, streamers_3d, nodes)
STRAIGHT = (line, fixed_spread, single_channel)
