#!/usr/bin/env bash
# Is a new program as fast as an old one? By triples in turn: the old program, the old one again, the new one. What
# old again/old spreads by is what the machine does on its own. A row is met where the median of new/old is at least
# the median of old again/old minus 0.01; all ratios are of rates: above 1 is faster. Where old again/old spreads by
# more than 3 % (most minus least) the row is measured again, once, by as many triples more; all its triples are then
# judged, and it counts as unsteady beside its verdict. The parts, of which any may be named (--bench if none is):
#   --bench    every row of `pstm bench --quick` that both programs have, on all kernels that this processor has; of
#              the long bench with --full. A row is judged by its best round of each run, which leaves out what others
#              on the machine take away for a while; beside it the ratio to the plain loop of the same run is told. On
#              two shared cores, where medians of rounds made old again/old spread by up to 40 %, the best of 25 runs
#              agreed within 0.5 % for the plain loops. These are controls: should they differ, so do the builds. Rates
#              of a GPU are by the wall clock.
#   --jobs     a job with 30 classes, taper 0.25, and velocity functions with kinks picked every 500 m, on each kernel:
#              one thread, processor time of the whole process. Stack and gathers must have the bits of the old ones.
#   --seed31k  the preset seed31k whole, with all threads, by processor time (cuda: by the wall clock), bits too; with
#              --part four tiles of it.
# There are 9 triples of bench and jobs and 3 of seed31k, with --devices cuda 5 of each; --rounds N overrides that, and
# with fewer it is a trial. A kernel that this processor lacks is told as open, not as met. Exit status 1 where a row
# is not met, 2 where something could not be measured.
# How long, on a machine of one's own: --bench 1.5 minutes, with --full 15; --jobs 6; --seed31k 10 on two cores, with
# --part 1; twice that where rows are unsteady. SCRATCH ($TMPDIR or /tmp) needs 3 GB for seed31k, 0.5 GB for others.
# usage: triples.sh OLD NEW [--bench] [--full] [--jobs] [--seed31k] [--part] [--devices cpu|cuda] [--rounds N]
#                   [--rows REGEX] [--scratch SCRATCH] [--out FILE.tsv]
#   --rows    only rows whose name matches somewhere, for example --rows 'portable.*no weight$'
#   --out     the table, tab-separated, with the ratios of all triples
set -euo pipefail
exec python3 - "$@" <<'PYTHON'
import argparse, json, os, re, signal, statistics, subprocess, sys, tempfile, time

KERNELS = ("avx512", "avx2", "portable")
LEAST_TRIPLES = {"cpu": {"bench": 9, "jobs": 9, "seed31k": 3}, "cuda": {"bench": 5, "jobs": 5, "seed31k": 5}}
MAX_LOSS, MAX_SPREAD = 0.01, 0.03


class Failure(Exception):
    pass


def read_options():
    parser = argparse.ArgumentParser(prog="triples.sh", allow_abbrev=False,
                                     description="Rates of NEW against OLD by triples; the script's head says more.")
    parser.add_argument("old", metavar="OLD")
    parser.add_argument("new", metavar="NEW")
    for flag in ("--bench", "--full", "--jobs", "--seed31k", "--part"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--devices", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--rows", type=re.compile, default=re.compile(""))
    parser.add_argument("--scratch")
    parser.add_argument("--out")
    options = parser.parse_args()
    if options.rounds is not None and options.rounds < 1:
        parser.error("--rounds wants a number of at least 1")
    if not (options.jobs or options.seed31k):
        options.bench = True
    return options


# ---- programs and machine ----

def run(command, kernel=None):
    """Seconds of (processor, wall) of a command that must succeed."""
    environment = dict(os.environ, PSTM_CPU_KERNEL=kernel) if kernel else None
    with tempfile.TemporaryFile() as said:
        begin = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=environment)
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:  # a signal: the command does not outlive this
            process.kill()
            process.wait()
            raise
        wall = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            said.seek(0)
            text = said.read().decode(errors="replace").strip()
            raise Failure(f"`{' '.join(command)}` ended with {process.returncode}:\n{text}")
    return usage.ru_utime + usage.ru_stime, wall


def ask(program, word, kernel=None):
    environment = dict(os.environ, PSTM_CPU_KERNEL=kernel) if kernel else None
    try:
        return subprocess.run([program, word], capture_output=True, text=True, check=True, env=environment).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise Failure(f"{program}: {error}")


def commit(program):
    found = re.search(r"^commit\s+(\S+)", ask(program, "--version"), re.M)
    return found.group(1) if found else "not told"


def processor():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as lines:
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else 'unknown'}, {len(os.sched_getaffinity(0))} processors"


def gpu():
    try:
        said = subprocess.run(["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"], capture_output=True,
                              text=True, check=True).stdout
        return ", ".join(said.split("\n")).strip(", ")
    except (OSError, subprocess.CalledProcessError):
        return "unknown GPU"


# ---- parts: measure(program, is_new) gives {row: (judged, beside)}, rates of any unit ----

class Bench:
    name, images_differ = "bench", False

    def __init__(self, options, scratch):
        self.options, self.file = options, os.path.join(scratch, "bench.json")
        self.judged, self.beside = "best round", "to plain"
        self.rows_of = {False: set(), True: set()}  # of old, of new

    def measure(self, program, is_new):
        run([program, "bench", "--json", self.file] + ([] if self.options.full else ["--quick"]))
        with open(self.file, encoding="utf-8") as file:
            rows = json.load(file)["rows"]
        values = {}
        for row in rows:
            name = f"{row['device']} {row['kernel']} {row['setting']}"
            if row["device"] not in (self.options.devices, "plain") or not self.options.rows.search(name):
                continue
            values[name] = row["most_per_s"], row["ratio_to_plain"]
        self.rows_of[is_new] |= set(values)
        return values

    def only_in_one(self):
        old, new = self.rows_of[False], self.rows_of[True]
        return [f"only in {'OLD' if row in old else 'NEW'}: {row}" for row in sorted(old ^ new)]


class Job:
    """A whole run. The first image of the new program is compared with the old one's."""

    def __init__(self, name, job, settings, kernel, by_wall):
        self.name, self.job, self.settings, self.kernel, self.by_wall = name, job, settings, kernel, by_wall
        self.judged, self.beside = ("wall", "processor") if by_wall else ("processor", "wall")
        self.images_differ = self.is_compared = False

    def measure(self, program, is_new):
        image = os.path.join(os.path.dirname(self.job), "new.h5" if is_new else "old.h5")
        command = [program, "run", self.job, "--quiet", "--overwrite", "--set", f"output.file={image}"]
        for setting in self.settings + accept_all(program):
            command += ["--set", setting]
        processor_s, wall_s = run(command, self.kernel)
        if is_new and not self.is_compared:
            self.compare(program, image.replace("new.h5", "old.h5"), image)
        rates = 1 / processor_s, 1 / wall_s
        return {self.name: rates[::-1] if self.by_wall else rates}

    def compare(self, program, old, new):
        self.is_compared = True
        try:
            for dataset in ("stack", "gather") if "output.gathers=on" in self.settings else ("stack",):
                run([program, "compare", new, old, "--dataset", dataset, "--require", "bit-equal"])
        except Failure as failure:
            self.images_differ = True
            print(failure, file=sys.stderr)

    def only_in_one(self):
        return []


def write_picks(path):
    """Velocity functions every 500 m, each with kinks of its own."""
    kinks = ((0, 1600), (0.3, 1900), (0.32, 2250), (0.8, 2200), (0.83, 2700), (1.5, 2750), (1.52, 3050), (2, 3200))
    with open(path, "w", encoding="ascii") as file:
        for i in range(-2, 5):
            for j in range(-2, 5):
                for t, v in kinks:
                    later = 0.02 * ((3 * i + 5 * j) % 4) if t > 0 else 0
                    file.write(f"{500 * i} {500 * j} {t + later:.3f} {v * (1 + 0.02 * i - 0.015 * j):.1f}\n")


def make_jobs(options, scratch):
    folder = os.path.join(scratch, "classes")
    settings = [f"devices={options.devices}", "threads=1", "offsets.first=50", "offsets.step=100", "offsets.n=30",
                "output.gathers=on", "migrate.aperture.taper=0.25", f"velocity.file={folder}/picks.txt"]
    kernels = [k for k in KERNELS if has_kernel(options, k)] if options.devices == "cpu" else [None]
    jobs = [Job(f"job {options.devices}{' ' + kernel if kernel else ''}", f"{folder}/job.yaml", settings, kernel,
                options.devices == "cuda") for kernel in kernels]
    jobs = [job for job in jobs if options.rows.search(job.name)]
    if jobs:
        run([options.old, "synth", "--preset", "diffractor", "--noise", "0.1", "--traces", "8000", "--area", "800,400",
             "--offsets", "0,3000", "--origin", "0,0", "--azimuth", "0", "--inline", "32,25", "--crossline", "16,25",
             "--time", "1000,0.002", "--record", "1500,0.002", "--out", folder])
        write_picks(f"{folder}/picks.txt")
    return jobs


def make_seed31k(options, scratch):
    name = f"seed31k {options.devices}{', four tiles' if options.part else ''}"
    if not options.rows.search(name):
        return []
    folder = os.path.join(scratch, "seed31k")
    run([options.old, "synth", "--preset", "seed31k", "--out", folder])
    settings = [f"devices={options.devices}"] + (["target.tiles=[302-305]"] if options.part else [])
    return [Job(name, f"{folder}/job.yaml", settings, None, options.devices == "cuda")]


def accept_all(program):
    """The settings by which a program that doubts takes what is strange in these jobs, such as the kinks of the picks."""
    found = re.search(r"\| `accept` \| `none`, or one or a list of ([^|]*) \|", ask(program, "keys"))
    return [f"accept=[{', '.join(re.findall('`([^`]*)`', found[1]))}]"] if found else []


def has_kernel(options, kernel):
    return all(f"cpu({kernel})" in ask(program, "--version", kernel) for program in (options.old, options.new))


# ---- triples ----

def take_triples(options, part, n, triples):
    """Adds n triples of each row to triples[row]: ((old, again, new) as judged, (old, again, new) beside)."""
    for number in range(1, n + 1):
        print(f"{part.name}: triple {number} of {n}", file=sys.stderr)
        old, again = part.measure(options.old, False), part.measure(options.old, False)
        new = part.measure(options.new, True)
        for row in old:
            if row in again and row in new:
                triples.setdefault(row, []).append(tuple(zip(old[row], again[row], new[row])))


def ratios(triples, measure, member):
    """Member 1 (again) or 2 (new) over old, of each triple; measure 0 is judged, 1 is beside."""
    return [triple[measure][member] / triple[measure][0] for triple in triples]


def is_control(row):
    return row.startswith("plain ")


def spread(values):
    return max(values) - min(values)


def measure_part(options, part, n):
    triples = {}
    take_triples(options, part, n, triples)
    unsteady = [row for row in triples if not is_control(row) and spread(ratios(triples[row], 0, 1)) > MAX_SPREAD]
    if unsteady:
        print(f"again, as old again/old spreads by over {MAX_SPREAD:.0%}: {', '.join(unsteady)}", file=sys.stderr)
        more = {}
        take_triples(options, part, n, more)
        for row in unsteady:
            triples[row] += more.get(row, [])
    return [judge(part, row, triples[row], row in unsteady) for row in triples]


def judge(part, row, triples, is_repeated):
    again, new = ratios(triples, 0, 1), ratios(triples, 0, 2)
    is_met = statistics.median(new) >= statistics.median(again) - MAX_LOSS
    verdict = "met" if is_met and not part.images_differ else "NOT MET"
    verdict += ", images differ" if part.images_differ else ""
    verdict += ", unsteady: repeated" if is_repeated else ""
    line = {"row": row, "judged": part.judged, "beside": part.beside, "verdict": verdict, "again": again, "new": new,
            "beside_again": ratios(triples, 1, 1), "beside_new": ratios(triples, 1, 2)}
    return dict(line, judged="rate", beside="", verdict="control") if is_control(row) else line


# ---- table ----

def told(values):
    return f"{statistics.median(values):.3f} ({min(values):.3f} to {max(values):.3f})"


def print_table(table):
    width = max([len(line["row"]) for line in table] + [3])
    print(f"{'row':{width}}  {'judged by':9}  triples  {'old again/old (spread)':24}  {'new/old (spread)':24}  "
          f"{'beside, medians: again/old, new/old':36}  verdict")
    for line in table:
        beside = f"{line['beside']} {statistics.median(line['beside_again']):.3f}, " \
                 f"{statistics.median(line['beside_new']):.3f}" if line["beside"] else ""
        print(f"{line['row']:{width}}  {line['judged']:9}  {len(line['new']):7}  {told(line['again']):24}  "
              f"{told(line['new']):24}  {beside:36}  {line['verdict']}")


def write_tsv(path, head, table, notes):
    def numbers(values):
        return [f"{number:.4f}" for number in (statistics.median(values), min(values), max(values))]

    def all_of(values):
        return " ".join(f"{value:.4f}" for value in values)
    columns = ["row", "judged_by", "triples", "again_over_old", "least", "most", "new_over_old", "least", "most",
               "beside", "beside_again_over_old", "beside_new_over_old", "verdict", "all_again_over_old",
               "all_new_over_old", "all_beside_again_over_old", "all_beside_new_over_old"]
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f"# {text}\n" for text in head + notes)
        file.write("\t".join(columns) + "\n")
        for line in table:
            lists = [line[key] for key in ("again", "new", "beside_again", "beside_new")]
            fields = [line["row"], line["judged"], str(len(line["new"])), *numbers(lists[0]), *numbers(lists[1]),
                      line["beside"], numbers(lists[2])[0], numbers(lists[3])[0], line["verdict"], *map(all_of, lists)]
            file.write("\t".join(fields) + "\n")


def measure_all(options, scratch):
    least = LEAST_TRIPLES[options.devices]
    parts = []
    if options.bench:
        parts.append((Bench(options, scratch), least["bench"]))
    if options.jobs:
        parts += [(job, least["jobs"]) for job in make_jobs(options, scratch)]
    if options.seed31k:
        parts += [(job, least["seed31k"]) for job in make_seed31k(options, scratch)]
    table, notes = [], []
    for part, n in parts:
        table += measure_part(options, part, options.rounds or n)
        notes += part.only_in_one()
        if options.rounds and options.rounds < n:
            notes.append(f"a trial: {options.rounds} triples where {n} are wanted")
    if options.devices == "cpu":
        notes += [f"open: {kernel}, which this processor or one of the programs lacks" for kernel in KERNELS
                  if not has_kernel(options, kernel)]
    return table, list(dict.fromkeys(notes))


def main():
    options = read_options()
    head = [f"old {commit(options.old)} ({options.old})", f"new {commit(options.new)} ({options.new})",
            f"processor {processor()}" + (f"; {gpu()}" if options.devices == "cuda" else "")]
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="triples.", dir=options.scratch) as scratch:
        table, notes = measure_all(options, scratch)
    head.append(f"load {load:.1f} before, {os.getloadavg()[0]:.1f} after")
    judged = [line["verdict"] for line in table if line["verdict"] != "control"]
    if not judged:
        raise Failure("no row of both programs is left to judge" + "".join(f"\n{note}" for note in notes))
    print("\n".join(head) + "\n")
    print_table(table)
    print("\n" + "".join(f"{note}\n" for note in notes), end="")
    if options.out:
        write_tsv(options.out, head, table, notes)
    n_not_met = sum(verdict.startswith("NOT MET") for verdict in judged)
    print(f"{len(judged) - n_not_met} met, {n_not_met} not met, {sum('unsteady' in v for v in judged)} unsteady")
    return 1 if n_not_met else 0


signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the scratch folder goes
try:
    sys.exit(main())
except Failure as failure:
    print(f"triples.sh: {failure}", file=sys.stderr)
    sys.exit(2)
PYTHON
