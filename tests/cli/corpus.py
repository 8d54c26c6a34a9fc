"""Runs every command that opens a cube on altered ones (corpus_cubes.py). Well-formed HDF5 never crashes a command, holds
it up, has it write elsewhere, is called verified when it differs from what was written, or is left wrong by a run that ends
with 0. Damaged HDF5 may end a command by a signal or hold it up: that is told; `status --verify` always finds the words.
usage: corpus.py PSTM SCRATCH N SEED PATIENCE, N cases of all, or "all"; SCRATCH has survey/job.yaml, good/, other/, twin/,
outside/ and options.txt, the options of the run."""
import collections
import concurrent.futures
import os
import random
import shutil
import subprocess
import sys

import h5py
import numpy

import corpus_cubes

DEADLINE_S = 20  # a command takes 0.5 s
# What the commands make beside a cube.
MADE = ("cube.h5", "merged.h5")
ENDINGS = ("", ".journal", ".lock", ".dropped.txt", ".progress.json", ".profile.json", ".profile.csv")


def is_known(name):
    return name.endswith(".png") or name in [made + ending for made in MADE for ending in ENDINGS]


# ---- what a cube says --------------------------------------------------------------------------------------------


def name_of(file, reference):
    try:
        return str(file[reference].name)
    except ValueError:
        return "nothing"  # it was removed


def attribute(thing, name):
    value = thing.attrs[name]
    if name == "DIMENSION_LIST":
        return [[name_of(thing.file, r) for r in axis] for axis in value]
    if name == "REFERENCE_LIST":
        return sorted((name_of(thing.file, r), int(i)) for r, i in value)
    if isinstance(value, numpy.ndarray) and value.dtype != object:
        return (value.dtype.str, value.shape, value.tobytes())
    return (str(getattr(value, "dtype", type(value))), repr(value))


def attributes(thing):
    return {name: attribute(thing, name) for name in thing.attrs}


def read(path):
    """All that h5py reads: of the image the values alone, of the rest the types too. Only of a sound cube's size."""
    found = {}
    with h5py.File(path, "r") as file:
        found["/"] = attributes(file)
        for name in file:
            link = file.get(name, getlink=True)
            thing = file[name] if isinstance(link, h5py.HardLink) else None
            if not isinstance(thing, h5py.Dataset) or thing.shape is None or thing.size > 1 << 24:
                found[name] = "no plain dataset"
                continue
            values = numpy.ascontiguousarray(thing[()])
            found[name] = (thing.dtype.str, thing.shape, values.tobytes() if thing.dtype != object else repr(values))
            found[name + ": attributes"] = attributes(thing)
    return found


def numbers(dataset):
    """Whatever their type in the file."""
    kind, shape, values = dataset
    return shape, numpy.frombuffer(values, kind).astype("f8").tobytes()


def read_apart(path, wanted, part):
    """Whether that part of the cube is as in the good one, in a process of its own; what h5py cannot read is not."""
    command = [sys.executable, __file__, "--same", path, wanted, part]
    try:
        return subprocess.run(command, capture_output=True, timeout=60).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def is_same(path, wanted, part):
    """Part "all"; the "values" of the image; the "rest" that a run answers for, axes and root attributes; a dataset."""
    if part in corpus_cubes.IMAGE:
        with h5py.File(path, "r") as a, h5py.File(wanted, "r") as b:
            return a[part][()].tobytes() == b[part][()].tobytes()
    found, good = read(path), read(wanted)
    if part == "all":
        return found == good
    datasets = [name for name in good if name != "/" and ":" not in name]
    image = [name for name in datasets if name in corpus_cubes.IMAGE]
    if part == "rest":
        axes = [name for name in datasets if name not in image]
        same_attributes = all(found["/"][name] == good["/"][name] for name in good["/"])
        return same_attributes and all(numbers(found[name]) == numbers(good[name]) for name in axes)
    return all(numbers(found[name]) == numbers(good[name]) for name in image)


# ---- a case ------------------------------------------------------------------------------------------------------


class Case:
    def __init__(self, work, number, name, kind):
        self.work, self.name, self.kind = work, name, kind
        self.folder = os.path.join(work.scratch, "cases", str(number))
        self.wrong, self.told, self.ends = [], [], collections.Counter()

    def command(self, *words):
        """Its exit code, and what it says."""
        what = " ".join(words[:2] if words[1].startswith("-") else words[:1])
        allowed = self.told if self.kind == "damaged" and what != "status --verify" else self.wrong
        try:
            done = subprocess.run([self.work.pstm, *words], cwd=self.folder, capture_output=True, errors="replace",
                                  timeout=DEADLINE_S * self.work.patience, env=self.work.environment)
        except subprocess.TimeoutExpired:
            allowed.append(f"{what}: no end")
            return None, ""
        text = done.stdout + done.stderr
        if done.returncode < 0 or done.returncode > 3:
            allowed.append(f"{what}: ended with {done.returncode}: {text[-300:]}")
        if "HDF5 crashed on it" in text or "nothing happened for" in text:
            (self.told if self.kind == "damaged" else self.wrong).append(f"{what}: {text[-200:]}")
        self.ends[f"{what}: {done.returncode}"] += 1
        return done.returncode, text

    def is_good(self, name, part):
        path = os.path.join(self.folder, name)
        if self.kind == "damaged":
            return read_apart(path, self.work.good, part)
        try:
            return is_same(path, self.work.good, part)
        except (OSError, KeyError, ValueError, RuntimeError, TypeError):
            return False

    def verify(self):
        code, text = self.command("status", "--verify", "cube.h5")
        part = "values" if "cannot be verified" in text else "all"
        if code == 0 and not self.is_good("cube.h5", part):
            self.wrong.append("called verified:\n" + text)

    def look(self):
        self.command("status", "cube.h5")
        self.verify()
        self.command("view", "cube.h5")
        for dataset in ("stack", "gather"):
            code, text = self.command("compare", "cube.h5", self.work.good, "--dataset", dataset, "--require", "bit-equal")
            if code == 0 and not self.is_bit_equal(dataset):
                self.wrong.append("called bit-equal:\n" + text)
        self.command("merge", "merged.h5", "cube.h5")
        self.check_merged()

    def is_bit_equal(self, dataset):
        # Of a journal that lacks columns only the others are compared.
        return self.kind == "journal" or self.is_good("cube.h5", dataset)

    def check_merged(self):
        if not self.ends["merge: 0"] or self.kind == "journal":
            return  # of a journal that lacks columns, or with another's, it takes what the journal tells of
        # Without a frame nothing but a job, which a merge has not, tells of other offsets.
        parts = ["values"] if "/offset" in self.name and "no frame" in self.name else ["values", "rest"]
        if not all(self.is_good("merged.h5", part) for part in parts):
            self.wrong.append("merge ended with 0 and a wrong cube")

    def check_run(self):
        """A run does not read what the marks of a run before vouch for; other values there are for --verify to find."""
        if not self.ends["run: 0"]:
            return
        if self.kind != "damaged" and not self.is_good("cube.h5", "rest"):
            self.wrong.append("run ended with 0 and wrong axes or attributes")
        elif not self.is_good("cube.h5", "values"):
            code, _ = self.command("status", "--verify", "cube.h5")
            (self.wrong if code == 0 else self.told).append("run ended with 0 and left other values, --verify finds them")

    def run(self, alter):
        os.makedirs(self.folder)
        for ending in ("", ".journal"):
            shutil.copy(self.work.good + ending, os.path.join(self.folder, "cube.h5" + ending))
        alter(self.folder, random.Random(f"{self.work.seed} {self.name}"))
        self.look()
        self.command("run", self.work.job, "--quiet", "--set", "output.file=cube.h5", *self.work.options)
        self.check_run()
        self.wrong += [f"made {name}" for name in os.listdir(self.folder) if not is_known(name)]
        shutil.rmtree(self.folder)
        for head, found in (("told:", self.told), ("WRONG", self.wrong)):
            if found:
                print(head, f"{self.name}:", "; ".join(found).strip(), flush=True)
        return self


class Work:
    def __init__(self, pstm, scratch, seed, patience):
        self.pstm, self.scratch, self.seed, self.patience = pstm, scratch, seed, patience
        self.good = os.path.join(scratch, "good", "cube.h5")
        self.job = os.path.join(scratch, "survey", "job.yaml")
        self.environment = dict(os.environ, PSTM_SILENCE_S=str(10 * patience))
        with open(os.path.join(scratch, "options.txt")) as file:
            self.options = file.read().split()


# ---- all of them -------------------------------------------------------------------------------------------------


def listing(scratch):
    """All files but those of the cases, with what changes when one is written."""
    found = {}
    for folder, folders, files in os.walk(scratch):
        if os.path.basename(folder) == "cases":
            folders.clear()
            continue
        for name in set(files) - {"out.txt"}:  # that of this script
            about = os.lstat(os.path.join(folder, name))
            found[os.path.join(folder, name)] = (about.st_ino, about.st_size, about.st_mtime_ns)
    return found


def choose(cases, n, seed):
    """n of them, of each kind its part; what is chosen first of each kind is there for every n."""
    if n == "all":
        return cases
    random.Random(seed).shuffle(cases)
    return cases[: int(n)]


def report(done):
    ends, wrong = collections.Counter(), [case for case in done if case.wrong]
    for case in done:
        ends.update(case.ends)
    kinds = collections.Counter(case.kind for case in done)
    print(", ".join(f"{n} of kind {kind}" for kind, n in sorted(kinds.items())))
    print(", ".join(f"{what} {n} times" for what, n in sorted(ends.items())))
    print(f"{len(done)} cubes, {len(wrong)} wrong, {sum(bool(case.told) for case in done)} told")
    return len(wrong)


def main(pstm, scratch, n, seed, patience):
    work = Work(pstm, scratch, seed, int(patience))
    cases = choose(corpus_cubes.all_of(work.good), n, seed)
    before = listing(scratch)
    os.makedirs(os.path.join(scratch, "cases"))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda c: Case(work, c[0], c[1][0], c[1][1]).run(c[1][2]), enumerate(cases)))
    n_wrong = report(done)
    after = listing(scratch)
    touched = sorted(set(before.items()) ^ set(after.items()))
    touched += [os.path.join("cases", name) for name in os.listdir(os.path.join(scratch, "cases"))]
    for place in touched:
        print(f"WRONG touched: {place}")
    return n_wrong > 0 or len(touched) > 0


if __name__ == "__main__":
    if sys.argv[1] == "--same":
        sys.exit(0 if is_same(*sys.argv[2:]) else 1)
    sys.exit(main(*sys.argv[1:]))
