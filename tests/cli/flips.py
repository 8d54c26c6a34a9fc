"""Flips single bytes of a finished cube, anywhere in its file, and asks `pstm status --verify`: it must find each that
changes anything that a reader gets. What is in the file and nobody reads (room that HDF5 keeps free in its index, the
part of an edge chunk outside the grid) may pass. usage: flips.py PSTM CUBE N [SEED]"""
import hashlib
import os
import random
import subprocess
import sys

import h5py
import numpy


def attributes(thing, digest):
    for name in sorted(thing.attrs):
        value = thing.attrs[name]
        digest.update(name.encode())
        if name == "DIMENSION_LIST":
            value = [[thing.file[r].name for r in axis] for axis in value]
        elif name == "REFERENCE_LIST":
            value = [(thing.file[r].name, int(i)) for r, i in value]
        digest.update(repr(value).encode() if not isinstance(value, numpy.ndarray) else value.tobytes())


def read(path):
    """A digest of all that h5py reads."""
    digest = hashlib.sha256()
    with h5py.File(path, "r") as file:
        attributes(file, digest)
        for name in sorted(file):
            digest.update(name.encode())
            attributes(file[name], digest)
            digest.update(numpy.ascontiguousarray(file[name][()]).tobytes())
    return digest.hexdigest()


def reads_as(path, wanted):
    """In a process of its own, since HDF5 may fall over a damaged file."""
    try:
        code = subprocess.run([sys.executable, __file__, "--read", path], capture_output=True, text=True, timeout=30)
    except subprocess.TimeoutExpired:
        return False
    return code.returncode == 0 and code.stdout.strip() == wanted


def chunks(path):
    places = []
    with h5py.File(path, "r") as file:
        for name in file:
            if file[name].chunks:
                id = file[name].id
                for i in range(id.get_num_chunks()):
                    info = id.get_chunk_info(i)
                    places.append((info.byte_offset, info.byte_offset + info.size))
    return places


def choose(path, n):
    """Half of the places anywhere, half where no image is."""
    size, image = os.path.getsize(path), chunks(path)
    anywhere = [random.randrange(size) for _ in range(n // 2)]
    rest = [at for at in range(size) if not any(a <= at < b for a, b in image)]
    return anywhere + random.sample(rest, min(len(rest), n - n // 2))


def main(pstm, path, n, seed):
    random.seed(seed)
    whole = read(path)
    n_found = n_idle = n_missed = 0
    places = choose(path, n)
    with open(path, "r+b", buffering=0) as file:
        for at in places:
            was = os.pread(file.fileno(), 1, at)
            os.pwrite(file.fileno(), bytes([was[0] ^ random.randrange(1, 256)]), at)
            said = subprocess.run([pstm, "status", "--verify", path], capture_output=True, text=True, timeout=60)
            if said.returncode in (2, 3):
                n_found += 1
            elif said.returncode == 0 and reads_as(path, whole):
                n_idle += 1
            else:
                n_missed += 1
                print(f"byte {at}: exit code {said.returncode}\n{said.stdout}{said.stderr}")
            os.pwrite(file.fileno(), was, at)
    print(f"{len(places)} flips: {n_found} found, {n_idle} of bytes that nobody reads, {n_missed} missed")
    return n_missed > 0 or n_found == 0 or read(path) != whole


if __name__ == "__main__":
    if sys.argv[1] == "--read":
        print(read(sys.argv[2]))
    else:
        sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 1))
