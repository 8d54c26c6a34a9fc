"""Compares an export with its cube, sample by sample and header by header.
usage: export.py CUBE FILE DATASET [--class N] [--inlines A,B] [--crosslines A,B] [--window T0,T1] [--dead JOURNAL]"""
import argparse
import struct

import h5py
import numpy as np
import segyio

CHUNK = 16  # locations of a chunk column on each axis


def read_options():
    parser = argparse.ArgumentParser()
    parser.add_argument("cube")
    parser.add_argument("file")
    parser.add_argument("dataset")
    parser.add_argument("--class", dest="one_class", type=int)
    for name in ("inlines", "crosslines", "window"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--dead")
    return parser.parse_args()


def within(values, text):
    """The indices of the values between the two numbers of the text."""
    if text is None:
        return np.arange(len(values))
    first, last = (float(word) for word in text.split(","))
    return np.flatnonzero((values >= first - 1e-9) & (values <= last + 1e-9))


def read_cube(options):
    with h5py.File(options.cube) as cube:
        inline, crossline, twt = cube["inline"][:], cube["crossline"][:], cube["twt"][:]
        values, x, y = cube[options.dataset][:].astype(np.float32), cube["cdp_x"][:], cube["cdp_y"][:]
        offset = cube["offset"][:] if "gather" in options.dataset else np.zeros(1)
    if "gather" not in options.dataset:
        values = values[:, :, None]
    if options.one_class is not None:
        values, offset = values[:, :, [options.one_class]], offset[[options.one_class]]
    i, j, k = within(inline, options.inlines), within(crossline, options.crosslines), within(twt, options.window)
    values = values[np.ix_(i, j, np.arange(len(offset)), k)]
    return values, inline[i], crossline[j], offset, twt[k], x[np.ix_(i, j)], y[np.ix_(i, j)]


def done_columns(journal):
    """Chunk columns that the journal holds."""
    done = set()
    for line in open(journal, encoding="ascii"):
        words = line.split()
        if words[0] == "chunk":
            done.add((int(words[1]), int(words[2])))
    assert done
    return done


def read_segy(path):
    """Traces [n][samples], a dictionary of header words [n] each, the first time and step in seconds."""
    with segyio.open(path, ignore_geometry=True) as file:
        words = {name: file.attributes(byte)[:] for name, byte in (
            ("inline", 189), ("crossline", 193), ("x", 181), ("y", 185), ("scalar", 71), ("offset", 37), ("id", 29),
            ("delay", 109), ("time_scalar", 215), ("place", 21), ("in_place", 25))}
        assert np.array_equal(words["inline"], file.attributes(9)[:])
        assert np.array_equal(words["crossline"], file.attributes(13)[:])
        text = bytes(file.text[0]).decode("ascii", "replace")
        assert "IMAGE EXPORTED BY PSTM" in text and "migrate.weight" in text and "velocity.file" in text, text
        return file.trace.raw[:], words


def read_su(path):
    bytes_ = open(path, "rb").read()
    n_samples = struct.unpack_from("=H", bytes_, 114)[0]
    length = 240 + 4 * n_samples
    assert len(bytes_) % length == 0
    at = range(0, len(bytes_), length)
    words = {name: np.array([struct.unpack_from(kind, bytes_, i + byte - 1)[0] for i in at]) for name, byte, kind in (
        ("inline", 9, "=i"), ("crossline", 13, "=i"), ("x", 73, "=i"), ("y", 77, "=i"), ("scalar", 71, "=h"),
        ("offset", 37, "=i"), ("id", 29, "=h"), ("delay", 109, "=h"), ("place", 21, "=i"), ("in_place", 25, "=i"))}
    words["time_scalar"] = np.zeros(len(words["id"]))
    return np.array([np.frombuffer(bytes_, "=f4", n_samples, i + 240) for i in at]), words


def check_geometry_view(options, values, inline, crossline, offset):
    """The file as a 3D volume of segyio, which finds the sorting by itself."""
    with segyio.open(options.file, iline=189, xline=193) as file:
        assert np.array_equal(file.ilines, inline) and np.array_equal(file.xlines, crossline)
        if len(offset) > 1:
            assert np.array_equal(file.offsets, np.rint(offset))
            assert np.array_equal(file.gather[int(inline[1]), int(crossline[2])], values[1, 2])
        else:
            assert np.array_equal(file.iline[int(inline[1])], values[1, :, 0])


def main():
    options = read_options()
    values, inline, crossline, offset, twt, x, y = read_cube(options)
    su, ibm = options.file.endswith(".su"), "ibm" in options.file
    traces, words = read_su(options.file) if su else read_segy(options.file)
    n_i, n_j, n_c, n_k = values.shape
    flat = values.reshape(-1, n_k)
    assert traces.shape == flat.shape, (traces.shape, flat.shape)
    if ibm:  # a fraction of 24 bits, whose first hexadecimal digit may be 1: 21 bits at least
        assert np.all(np.abs(traces - flat) <= 2.0**-21 * np.abs(flat))
    else:
        assert np.array_equal(traces.view(np.uint32), flat.view(np.uint32))
    assert np.any(flat != 0)
    i, j, c = (index.ravel() for index in np.meshgrid(np.arange(n_i), np.arange(n_j), np.arange(n_c), indexing="ij"))
    assert np.array_equal(words["inline"], inline[i]) and np.array_equal(words["crossline"], crossline[j])
    assert np.all(words["scalar"] == -100)
    assert np.max(np.abs(words["x"] / 100 - x[i, j])) <= 0.00501 and np.max(np.abs(words["y"] / 100 - y[i, j])) <= 0.00501
    assert np.array_equal(words["offset"], np.rint(offset[c]).astype(int))
    assert np.array_equal(words["in_place"], c + 1)
    assert len(set(words["place"])) == n_i * n_j
    scale = 1e-3 / np.where(words["time_scalar"] < 0, -words["time_scalar"], 1)
    assert np.allclose(words["delay"] * scale, twt[0], atol=1e-9)
    alive = np.ones(len(i), bool)
    if options.dead:
        done = done_columns(options.dead)
        alive = np.array([(a // CHUNK, b // CHUNK) in done for a, b in zip(i, j)])
        assert 0 < alive.sum() < len(alive)
    assert np.array_equal(words["id"], np.where(alive, 1, 2))
    if not su and not ibm and len(inline) > 2:
        check_geometry_view(options, values, inline, crossline, offset)
    print(f"{len(traces)} traces of {n_k} samples as in the cube")


main()
