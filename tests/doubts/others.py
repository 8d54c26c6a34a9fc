"""others.py PSTM READ_SEGY DATA: each trace file of DATA, made by others, is read as others.txt says, with its doubts.

READ_SEGY tells how io/segy reads a file; `pstm plan` judges a job whose image is one bin at the first midpoint and ends
with the record. With a fourth argument, --list, it prints what it sees in the form of others.txt.
"""
import fnmatch
import os
import re
import subprocess
import sys
import tempfile

DEADLINE_S = 20 * float(os.environ.get("PSTM_TEST_PATIENCE", "1"))
TRACES = (".sgy", ".segy", ".su", "_first_trace")
DOUBT = re.compile(r"^pstm plan: (?:warning|error): \[([a-z_]+)\]", re.M)
IMAGE_SAMPLES = 50
SKIPPED = 77

JOB = """input: {{ segy: "{path}" }}
grid:
  origin: [{x}, {y}]
  azimuth: 90
  inline: {{ n: 1, step: 25 }}
  crossline: {{ n: 1, step: 25 }}
  time: {{ n: {n}, step: {step:.9f} }}
velocity: {{ constant: 2000 }}
output: {{ file: "{folder}/image.h5" }}
"""


def answer(command):
    """Exit code and text of a program, which must end in time and not by a signal."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                              timeout=DEADLINE_S)
    except subprocess.TimeoutExpired:
        return None, f"takes longer than {DEADLINE_S} s"
    return done.returncode, done.stdout


def plan(pstm, path, reading, folder):
    fields = reading.split()
    end_s = float(fields[9]) + 0.9 * int(fields[5]) * float(fields[6]) * 1e-6
    step = max(end_s / IMAGE_SAMPLES, 1e-6)
    job = os.path.join(folder, "job.yaml")
    with open(job, "w") as file:
        file.write(JOB.format(path=path, x=fields[7], y=fields[8], n=IMAGE_SAMPLES, step=step, folder=folder))
    return answer([pstm, "plan", job, "--ranks", "1"])


def look(pstm, read_segy, path, folder):
    """(how the file is read, its doubts in order); a file refused: (refused, why); None: something breaks."""
    code, text = answer([read_segy, path])
    if code == 2:
        return "refused", text.strip()
    if code != 0:
        return None, f"read_segy: exit code {code}\n{text}"
    reading = text.splitlines()[0]
    code, text = plan(pstm, path, reading, folder)
    doubts = " ".join(sorted(set(DOUBT.findall(text)))) or "-"
    if doubts == "-" and "none of the" in text and "is usable" in text:
        doubts = "unusable"
    if code not in (0, 2) or (code == 2 and doubts == "-"):
        return None, f"pstm plan: exit code {code}\n{text}"
    return " ".join(reading.split()[:7]), doubts


def known_files(path):
    """Rows of others.txt: pattern, reading, doubts or words of the refusal, why."""
    with open(path) as file:
        lines = [line.strip() for line in file]
    return [[part.strip() for part in line.split("|")] for line in lines if line and not line.startswith("#")]


def difference(rows, name, seen):
    """What is otherwise than others.txt says, or nothing."""
    row = next((row for row in rows if fnmatch.fnmatchcase(name, row[0])), None)
    reading, doubts = seen
    if row is None:
        return "is not in others.txt"
    same = row[2] in doubts if reading == "refused" else row[2] == doubts
    return None if row[1] == reading and same else f"others.txt has: {row[1]} | {row[2]}"


def trace_files(data):
    return sorted(os.path.join(folder, name) for folder, _, names in os.walk(data) for name in names
                  if name.endswith(TRACES))


def main():
    pstm, read_segy, data = sys.argv[1:4]
    only_list = sys.argv[4:] == ["--list"]
    if not os.path.isdir(data):
        print(f"skipped: no files of others at {data}")
        return SKIPPED
    rows = known_files(os.path.join(os.path.dirname(os.path.abspath(__file__)), "others.txt"))
    n_failed = 0
    paths = trace_files(data)
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as folder:
        os.environ["OMPI_MCA_orte_tmpdir_base"] = folder  # short MPI jobs of others take their folder in /tmp away
        for path in paths:
            name = os.path.basename(path)
            seen = look(pstm, read_segy, path, folder)
            wrong = difference(rows, name, seen)
            n_failed += wrong is not None
            if only_list:
                print(name, *seen, sep=" | ")
            elif wrong:
                print(f"FAILED  {name}: {seen[0]} | {seen[1]}\n        {wrong}")
    print(f"{len(paths) - n_failed} of {len(paths)} files as others.txt says")
    return 1 if n_failed else 0


if __name__ == "__main__":
    sys.exit(main())
