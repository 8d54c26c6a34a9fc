"""How faults.py tells what came of it."""
import collections
import errno

GOOD = ("right", "told", "no hit")
# What io_fault catches.
CAUGHT = ("open openat close read pread readv preadv write pwrite writev pwritev fsync fdatasync rename unlink mkdir access "
          "stat lstat fstat lseek ftruncate fallocate posix_fallocate flock mmap malloc calloc realloc aligned_alloc "
          "MPI_File_open MPI_File_close MPI_File_read_at MPI_File_read_at_all MPI_File_write_at MPI_File_write_at_all "
          "MPI_File_set_view MPI_File_get_size MPI_File_set_size MPI_File_sync").split()


def line(outcome):
    row, wish = outcome.wish.row, outcome.wish
    error = errno.errorcode.get(wish.error, "")
    return (f"{outcome.kind:8}  {row.scene} {row.rank}  {row.call} {row.object} {row.file}  {wish.position} "
            f"({wish.number}) {error}: {outcome.words}")


def print_matrix(counts, hits, is_of_library):
    """Hits of files by calls. A call that has none on a file is one that no run makes on it, or that it made less often
    when it was to fail."""
    calls = sorted({row.call for row in counts if not is_of_library(row)})
    files = sorted({name(row) for row in counts if not is_of_library(row)})
    met, made = collections.Counter(), collections.Counter()
    for row in counts:
        made[row.call, name(row)] += counts[row]
    for outcome in hits:
        met[outcome.wish.row.call, name(outcome.wish.row)] += 1
    print("\nHits, file by call. Not named: a call that no run makes on the file.")
    for file in files:
        cells = [f"{call} {met[call, file]}" + ("" if met[call, file] else f" (of {made[call, file]} calls)")
                 for call in calls if made[call, file]]
        print(f"  {file}: {', '.join(cells)}")
    print("Calls that no run makes on its files: " + ", ".join(call for call in CAUGHT if call not in calls))


def name(row):
    return "memory of pstm" if row.file.startswith("site:") or row.file == "*" else row.file


def print_outcomes(title, outcomes):
    kinds = sorted({o.kind for o in outcomes})
    print(f"\n{title}: {len(outcomes)}, " + ", ".join(f"{k} {sum(o.kind == k for o in outcomes)}" for k in kinds))
    by_call = collections.defaultdict(collections.Counter)
    for outcome in outcomes:
        by_call[outcome.wish.row.call][outcome.kind] += 1
    for call in sorted(by_call):
        print(f"  {call:16} {sum(by_call[call].values()):5}  " + ", ".join(f"{k} {n}" for k, n in sorted(by_call[call].items())))


def summary(outcomes, counts, is_of_library):
    """Prints it; the exit code. In a library's own work a run may die or end with another code, but not be wrong."""
    hits = [o for o in outcomes if o.is_hit]
    ours = [o for o in hits if not is_of_library(o.wish.row)]
    theirs = [o for o in hits if is_of_library(o.wish.row)]
    print_matrix(counts, ours, is_of_library)
    print_outcomes("Hits of calls on the files of a run, and of memory of pstm", ours)
    print_outcomes("Hits in what libraries do for themselves", theirs)
    missed = [o for o in outcomes if not o.is_hit]
    bad = [o for o in ours + missed if o.kind not in GOOD]
    bad += [o for o in theirs if o.kind.startswith(("WRONG", "NEXT RUN"))]
    for title, some in (("Without a hit", missed), ("Wrong", bad)):
        print(f"\n{title}: {len(some)}")
        for outcome in some:
            print("  " + line(outcome))
    print(f"\n{len(hits)} hits, {len(bad)} wrong")
    return 1 if bad or not hits else 0
