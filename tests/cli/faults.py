"""Lets calls of `pstm run` and `pstm merge` fail, one at a time, by the preloaded library io_fault (io_fault.h). Each
scene is first run as it is, while the library lists its calls: rank, call, object, file. From these the table is made:
the first, a middle and the last call of each kind. A run with a fault must end with exit code 3 and a message, or
well; then the same command must end it with what an undisturbed run leaves.
usage: faults.py PSTM SCRATCH LIBRARY all|N [SEED]        N: so many hits, drawn by the seed"""
import collections
import concurrent.futures
import errno
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time

import faults_scenes
import faults_table

PATIENCE = int(os.environ.get("PSTM_TEST_PATIENCE", "1"))
MEMORY = ("malloc", "calloc", "realloc", "aligned_alloc", "memalign", "posix_memalign")
WRITES = ("write", "pwrite", "writev", "pwritev", "fallocate", "posix_fallocate")
ATTEMPTS = 4  # to reach a call; MPI may fail to start while other programs with MPI end
SHARED_POINTER = re.compile(r"\.(data|metadata)\.(\*|\d+)$")  # what Open MPI makes beside a file that it opens

Row = collections.namedtuple("Row", "scene rank call object file")
Wish = collections.namedtuple("Wish", "row position number error")
Outcome = collections.namedtuple("Outcome", "wish kind words is_hit")


def is_of_library(row):
    """What a library does for itself, such as MPI as it starts."""
    own_file = row.file.startswith("outside:") or row.file == "." or SHARED_POINTER.search(row.file)
    return row.object != "pstm" and (row.call in MEMORY or bool(own_file))


# ---- the table -------------------------------------------------------------------------------------------------------
def usual_error(call):
    if call in MEMORY or call == "mmap":
        return errno.ENOMEM
    if call in WRITES:
        return errno.ENOSPC
    return errno.EMFILE if call in ("open", "openat") else errno.EIO


def positions(n):
    return {1: "first", (n + 1) // 2: "middle", n: "last"} if n > 2 else {1: "first", n: "last"} if n == 2 else {1: "only"}


def further(row, n):
    """Other ways to fail: all calls, another error, half of the bytes."""
    if is_of_library(row):
        return []
    wishes = []
    if row.call in WRITES + ("fsync", "fdatasync"):
        wishes.append(("all", "1+", errno.EIO))
    if row.call in ("open", "openat"):
        wishes.append(("first", "1", errno.EIO))
    if row.call in ("read", "pread", "write", "pwrite"):
        wishes += [("first, short", "1", 0), ("middle, short", str((n + 1) // 2), 0), ("all, short", "1+", 0)]
    return wishes


def wishes_of(counts):
    """Of counts[row]; memory of pstm at each place where a rank asks for it, and first, middle and last of all."""
    wishes, memory, places = [], collections.Counter(), set()
    for row, n in sorted(counts.items(), key=lambda item: (faults_scenes.ORDER[item[0].scene], item[0])):
        if row.file.startswith("site:"):
            memory[row._replace(file="*")] += n
            if (row.rank, row.file) not in places:
                wishes.append(Wish(row, "place", "1", errno.ENOMEM))
            places.add((row.rank, row.file))
            continue
        wishes += [Wish(row, word, str(at), usual_error(row.call)) for at, word in positions(n).items()]
        wishes += [Wish(row, word, number, error) for word, number, error in further(row, n)]
    for row, n in sorted(memory.items()):
        wishes += [Wish(row, word, str(at), errno.ENOMEM) for at, word in positions(n).items()]
    return wishes


# ---- one run ---------------------------------------------------------------------------------------------------------
class Bench:
    """A folder in which a scene is played again and again, with what is before it and after it kept aside."""

    def __init__(self, scratch, number, scene, pstm, library):
        self.scene, self.pstm, self.library = scene, pstm, library
        self.root = os.path.join(scratch, f"{scene.name}_{number}")
        self.aside, self.log = self.root + ".aside", self.root + ".log"
        os.makedirs(self.root)
        for command in scene.before:
            self.must(command)
        shutil.copytree(self.root, self.aside)
        self.before = set(os.listdir(self.root))
        self.must(scene.command)
        self.after = set(os.listdir(self.root))
        self.image = faults_scenes.read(os.path.join(self.root, scene.cube))

    def must(self, command):
        code, said, _ = self.run(command, None)
        if code != 0:
            sys.exit(f"{self.scene.name}: {' '.join(command)}: exit code {code}\n{said}")

    def reset(self):
        """What a command has made goes, what it has changed comes back; files that stand stay the same files."""
        for name in os.listdir(self.root):
            path = os.path.join(self.root, name)
            if name not in self.before or name in self.scene.changes:
                os.remove(path)
        for name in self.scene.changes:
            shutil.copy2(os.path.join(self.aside, name), self.root)
        if os.path.exists(self.log):
            os.remove(self.log)

    def run(self, command, fault):
        """fault: a text for IO_FAULT, or `list`, or None; (exit code, what was said, seconds)."""
        words = faults_scenes.expand(command, self.pstm)
        if fault is not None:
            hook = ["env", "LD_PRELOAD=" + self.library, "IO_FAULT_ROOT=" + self.root, "IO_FAULT_LOG=" + self.log]
            hook += [] if fault == "list" else ["IO_FAULT=" + fault]
            at = words.index(self.pstm)
            words = words[:at] + hook + words[at:]
        started = time.monotonic()
        for _ in range(ATTEMPTS):
            done = self.do(words)
            if done.returncode == 0 or fault is not None or "MPI_INIT" not in done.stdout:
                break
        return done.returncode, done.stdout, time.monotonic() - started

    def do(self, words):
        return subprocess.run(["timeout", "-k", "5", str(60 * PATIENCE)] + words, cwd=self.root, text=True,
                              errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL)

    def lines(self):
        if not os.path.exists(self.log):
            return []
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()

    def count(self):
        self.reset()
        code, said, _ = self.run(self.scene.command, "list")
        if code != 0:
            sys.exit(f"{self.scene.name}, listed: exit code {code}\n{said}")
        counts = collections.Counter()
        for line in self.lines():
            rank, call, caller, file = line.split(" ")
            row = Row(self.scene.name, int(rank), call, caller, file)
            if self.scene.takes(row):
                counts[row] += 1
        return counts

    def is_right(self):
        return faults_scenes.read(os.path.join(self.root, self.scene.cube)) == self.image

    def judge_first(self, wish, code, said):
        """What came of the run with the fault: a kind, and the words of pstm, or else the last ones."""
        lines = said.strip().splitlines()
        words = ([line for line in lines if line.startswith("pstm ")] or lines or [""])[-1][:300]
        if code == 0:
            return ("right" if self.is_right() else "WRONG IMAGE"), words
        if code in (124, 137, -9):
            return "HANGS", words
        if code == 3:
            return (self.missing(wish, said) or "told"), words
        return ("DIES" if code < 0 or code > 128 else f"EXIT {code}"), words

    def missing(self, wish, said):
        """What a message must have: what failed, and why."""
        row = wish.row
        if is_of_library(row):
            return None if said.strip() else "NO MESSAGE"
        if "pstm " not in said or (row.call in MEMORY and "cannot allocate" not in said):
            return "NO MESSAGE"
        if row.call in MEMORY:
            return None
        names = [part for part in row.file.split("/")[-1].split("*") if len(part) > 3]
        if names and names[0].rstrip(".") not in said and self.scene.cube not in said:
            return "NO PLACE"
        cause = os.strerror(wish.error) if row.object == "pstm" and wish.error and "MPI" not in row.call else ""
        return None if cause in said and "no reason given" not in said else "NO CAUSE"

    def reach(self, wish):
        """Runs with the fault. On two ranks, or by several threads, fewer calls may be made than when they were listed:
        then an earlier one is to fail."""
        row, at = wish.row, wish.number
        for _ in range(ATTEMPTS):
            self.reset()
            done = self.run(self.scene.command, f"{row.call} {row.object} {row.file} {at} {wish.error} {row.rank}")
            if self.lines():
                break
            at = str(max(int(at) // 2, 1)) if at.isdigit() and done[0] == 0 else at
        return done

    def play(self, wish):
        code, said, seconds = self.reach(wish)
        if not self.lines():
            return Outcome(wish, "no hit" if code == 0 else f"EXIT {code}", "not reached: " + said.strip()[-600:], False)
        kind, words = self.judge_first(wish, code, said)
        if kind in ("right", "told"):
            code, said, _ = self.run(self.scene.command, None)
            left = {name for name in set(os.listdir(self.root)) - self.after if not SHARED_POINTER.search(name)}
            if code != 0:
                kind, words = f"NEXT RUN: EXIT {code}", words + " | " + said.strip()[-300:]
            elif not self.is_right():
                kind = "NEXT RUN: WRONG IMAGE"
            elif left:
                kind, words = "LEFTOVERS", " ".join(sorted(left))
        return Outcome(wish, kind, f"{words} [{seconds:.1f} s]", True)


# ---- all of them -----------------------------------------------------------------------------------------------------
def draw(wishes, n, seed):
    """Each kind of call as likely as any other; what libraries do for themselves is for the whole table."""
    chance, kinds = random.Random(seed), collections.defaultdict(list)
    for wish in wishes:
        if not is_of_library(wish.row):
            kinds[wish.row.call].append(wish)
    drawn = []
    while len(drawn) < n and kinds:
        call = chance.choice(sorted(kinds))
        drawn.append(kinds[call].pop(chance.randrange(len(kinds[call]))))
        if not kinds[call]:
            del kinds[call]
    return drawn


def play_all(benches, wishes):
    """Two at a time, each in folders of its own."""
    place, lock, outcomes = threading.local(), threading.Lock(), []
    free = list(range(len(benches)))

    def play(wish):
        if not hasattr(place, "number"):
            with lock:
                place.number = free.pop()
        outcome = benches[place.number][wish.row.scene].play(wish)
        with lock:
            outcomes.append(outcome)
            print(faults_table.line(outcome), flush=True)

    with concurrent.futures.ThreadPoolExecutor(len(benches)) as pool:
        for future in [pool.submit(play, wish) for wish in wishes]:
            future.result()
    return outcomes


def main():
    pstm, scratch, library, how_many = sys.argv[1:5]
    scratch = os.path.realpath(scratch)
    seed = int(sys.argv[5]) if len(sys.argv) > 5 else random.SystemRandom().randrange(10**6)
    only = re.compile(os.environ.get("FAULTS_ONLY", "."))
    scenes = faults_scenes.SCENES if how_many == "all" else faults_scenes.SCENES[:2]
    benches = [{s.name: Bench(scratch, number, s, pstm, library) for s in scenes} for number in range(2)]
    counts = collections.Counter()
    for bench in benches[0].values():
        counts.update(bench.count())
    wishes = [wish for wish in wishes_of(counts) if only.search(" ".join(map(str, wish.row)))]
    if how_many != "all":
        print(f"{how_many} of {len(wishes)}, seed {seed}")
        wishes = draw(wishes, int(how_many), seed)
    outcomes = play_all(benches, wishes)
    sys.exit(faults_table.summary(outcomes, counts, is_of_library))


main()
