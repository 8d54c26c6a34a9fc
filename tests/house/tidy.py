#!/usr/bin/env python3
"""clang-tidy (.clang-tidy) over the sources of the program. usage: tidy.py SOURCE_FOLDER BUILD_FOLDER [FILE ...]

Left out are sources that include an .inc: kernels, in the vector extensions of GCC. Prints what is found, with the time
that it took; exits 1 if there is anything, 77 without clang-tidy.
"""
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import time

ROOMS = ('src', 'io', 'mpi', 'gpu')
# Sources that define what tidy.h redefines: everywhere, and in the rooms io and mpi.
DEFINES = {'src/core/status.c'}
DEFINES_IN = {'io': 'io/h5.c', 'mpi': 'mpi/comm/agree.c'}
# Ends the analysis of a function early: a quarter of the time, and the same findings.
SHORT = ' -Xclang -analyzer-config -Xclang max-nodes=25000'


def is_kernel(path):
    with open(path, encoding='utf-8') as file:
        return re.search(r'^#include ".*\.inc"', file.read(), re.M) is not None


def entries(build):
    """The compilations to look at, each with what the analyzer is told."""
    with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as file:
        database = json.load(file)
    for entry in database:
        path = os.path.relpath(entry['file'])
        room = path.split('/')[0]
        if room not in ROOMS or is_kernel(path):
            continue
        told = ' -Wno-unknown-warning-option' + SHORT
        if room in DEFINES_IN and path != DEFINES_IN[room]:
            told += f' -DPSTM_TIDY_{room.upper()}'
        if path not in DEFINES:
            told += f' -include {os.path.abspath("tests/house/tidy.h")}'
        yield {**entry, 'command': entry['command'] + told}


def tidy(folder, path):
    """What clang-tidy finds in a source and its headers, one text each."""
    result = subprocess.run(['clang-tidy', '--quiet', '-p', folder, path], capture_output=True, text=True)
    if result.returncode != 0 and not result.stdout:
        return [result.stderr]
    return [text for text in re.split(r'^(?=\S+: (?:error|warning): )', result.stdout, flags=re.M) if text.strip()]


def main():
    build = os.path.abspath(sys.argv[2])
    os.chdir(sys.argv[1])
    if shutil.which('clang-tidy') is None:
        print('skipped: clang-tidy is not installed')
        sys.exit(77)
    wanted = [os.path.abspath(path) for path in sys.argv[3:]]
    chosen = [e for e in entries(build) if not wanted or e['file'] in wanted]
    folder = os.path.join(build, 'tidy')
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'compile_commands.json'), 'w', encoding='utf-8') as file:
        json.dump(chosen, file)

    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = {text: None for texts in pool.map(lambda e: tidy(folder, e['file']), chosen) for text in texts}
    print(*found, f'{len(chosen)} sources in {time.monotonic() - start:.0f} s', sep='\n')
    sys.exit(1 if found or not chosen else 0)


main()
