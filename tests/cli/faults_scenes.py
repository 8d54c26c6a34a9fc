"""What faults.py plays: commands in a folder of their own, and how their cube is read."""
import collections

import flips

Scene = collections.namedtuple("Scene", "name before command cube changes takes")

RANKS = ["mpirun", "-n", "2", "--oversubscribe", "--bind-to", "none"]
SYNTH = ["PSTM", "synth", "--preset", "diffractor", "--traces", "400", "--inline", "34,25", "--crossline", "20,25",
         "--time", "60,0.004", "--out", "."]


def run(cube, *settings):
    return (["PSTM", "run", "job.yaml", "--quiet", "--set", "output.file=" + cube, "--set", "threads=2"] +
            [word for s in settings for word in ("--set", s)])


# Gathers, a timeline and a velocity file, so that as many files and datasets as can be are there.
ALL = ["offsets.first=300", "offsets.step=600", "offsets.n=2", "output.timeline=on", "velocity.constant=off",
       "velocity.file=velocity.txt"]
VELOCITY = ["sh", "-c", "printf '0 2000\\n1 2000\\n' >velocity.txt"]
# A cube that is older than its journal's last records, and a store: all is read that a run can find.
HALF = [SYNTH, VELOCITY, run("image.h5", *ALL, "target.tiles=[0]", "output.keep_store=on"),
        ["cp", "image.h5.journal", "first.journal"],
        run("image.h5", *ALL, "target.tiles=[1]", "output.keep_store=on"), ["mv", "first.journal", "image.h5.journal"],
        ["sh", "-c", "rm -f image.h5.p* image.h5.timeline* image.h5.dropped.txt"]]
PARTS = [SYNTH, run("one.h5", "target.tiles=[0-1]"), run("two.h5", "target.tiles=[2-5]"),
         ["sh", "-c", "rm -f *.h5.p* *.h5.dropped.txt"], ["PSTM", "merge", "image.h5", "one.h5"]]

SCENES = [
    Scene("fresh", [SYNTH, VELOCITY], run("image.h5", *ALL), "image.h5", [], lambda row: True),
    Scene("resumed", HALF, run("image.h5", *ALL), "image.h5", ["image.h5", "image.h5.journal", "image.h5.traces.h5"],
          lambda row: row.object == "pstm" or not row.file.startswith(("outside:", "-"))),
    # Of rank 0 what it does by MPI-IO only: the rest is that of the run on one rank.
    Scene("ranks", [SYNTH, VELOCITY], RANKS + run("image.h5", *ALL, "output.stripes=2"), "image.h5", [],
          lambda row: row.call.startswith("MPI") or (row.rank == 1 and not row.file.startswith(("outside:", "-")))),
    Scene("merge", PARTS, ["PSTM", "merge", "image.h5", "two.h5"], "image.h5", ["image.h5", "image.h5.journal"],
          lambda row: row.object == "pstm" or not row.file.startswith(("outside:", "-"))),
]
ORDER = {scene.name: number for number, scene in enumerate(SCENES)}


def expand(command, pstm):
    return [pstm if word == "PSTM" else word for word in command]


def read(path):
    """A digest of all that a cube holds: images, axes and attributes; why there is none, else."""
    try:
        return flips.read(path)
    except (OSError, RuntimeError, KeyError) as error:
        return str(error)
