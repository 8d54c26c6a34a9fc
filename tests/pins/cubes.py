"""What the pins read of cubes, bit by bit: answers each line of standard input with a line.

    compare <tab> A.h5 <tab> B.h5   "equal", or where they differ, or that the job pins nothing
    sums <tab> A.h5                 "sums", numerics id, checksums of stack, fold, gather and gather_fold, "-" where there is
                                    none; or what is wrong
"""
import hashlib
import os
import sys

import h5py
import numpy

DATASETS = ("stack", "fold", "gather", "gather_fold")
NOTHING = "the image is zero everywhere: the job pins nothing"


def words(dataset):
    """The bits of an image or fold, as numbers that are equal where the bits are, NaN or not."""
    values = dataset[()]
    assert values.dtype.itemsize == 4, f"{dataset.name} has {values.dtype}"
    return numpy.ascontiguousarray(values).astype(values.dtype.newbyteorder("<"), copy=False).view("<u4")


def missing(path, n_inline, n_crossline):
    """Which locations of a cube its journal's last records of columns in part miss; others have none or whole ones."""
    mask = numpy.zeros((n_inline, n_crossline), bool)
    if not os.path.exists(path + ".journal"):
        return mask
    with open(path + ".journal") as journal:
        for line in journal:
            word, *fields = line.split()
            if word not in ("chunk", "part"):
                continue
            i, j = 16 * int(fields[0]), 16 * int(fields[1])
            bits = int(fields[2], 16) if word == "part" else 0
            column = numpy.array([bits >> n & 1 for n in range(256)], bool).reshape(16, 16)
            mask[i : i + 16, j : j + 16] = column[: n_inline - i, : n_crossline - j]
    return mask


def difference(name, a, b):
    """None, or where dataset `name` of both files differs. Where one has a line of a column, the rest does not count."""
    if (name in a) != (name in b):
        return f"{name} is in {'the old' if name in a else 'the new'} cube only"
    if name not in a:
        return None
    if a[name].shape != b[name].shape or a[name].dtype != b[name].dtype:
        return f"{name}: {a[name].dtype}{a[name].shape} became {b[name].dtype}{b[name].shape}"
    differs = words(a[name]) != words(b[name])
    differs[missing(a.filename, *a[name].shape[:2]) | missing(b.filename, *a[name].shape[:2])] = False
    unequal = numpy.argwhere(differs)
    if len(unequal) == 0:
        return None
    at = tuple(unequal[0])
    place = ",".join(str(i) for i in at)
    return f"{name}: {len(unequal)} of {a[name].size}, first [{place}] {a[name][at]!r} became {b[name][at]!r}"


def pins_something(cube):
    image = next((cube[name] for name in ("stack", "gather") if name in cube), None)
    return image is not None and bool(numpy.any(words(image) << 1))


def compare(old, new):
    with h5py.File(old, "r") as a, h5py.File(new, "r") as b:
        found = [text for text in (difference(name, a, b) for name in DATASETS) if text]
        if not found and not pins_something(a):
            return NOTHING
    return "; ".join(found) or "equal"


def sum_of(dataset):
    shape = ",".join(str(n) for n in dataset.shape).encode()
    return hashlib.sha256(shape + b":" + words(dataset).tobytes()).hexdigest()[:16]


def sums(path):
    with h5py.File(path, "r") as cube:
        if not pins_something(cube):
            return NOTHING
        numerics = cube.attrs["numerics_id"]
        numerics = numerics.decode() if isinstance(numerics, bytes) else str(numerics)
        return " ".join(["sums", numerics] + [sum_of(cube[name]) if name in cube else "-" for name in DATASETS])


def main():
    for line in sys.stdin:
        what, *paths = line.rstrip("\n").split("\t")
        try:
            answer = {"compare": compare, "sums": sums}[what](*paths)
        except Exception as problem:  # of whatever kind: it belongs to the job, and the next job goes on
            answer = f"{type(problem).__name__}: {problem}"
        print(answer.replace("\n", " "), flush=True)


main()
