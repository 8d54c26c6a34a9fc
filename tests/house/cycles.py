#!/usr/bin/env python3
"""No files and no folders depend on one another in a circle. usage: cycles.py SOURCE_FOLDER [BUILD_FOLDER]

Three graphs, over src, io, mpi and gpu:
  files     who includes whom; a source counts with its own header (cube.c and cube.h) as one
  calls     which source uses what another one defines, read from the object files of BUILD_FOLDER
  folders   who includes whom; what lies deeper in src (src/device/cpu) is a part of the folder above, whose
            interface it implements

Prints, for each knot of circles, its shortest circle and what makes it; exits 1 if there is one.
"""
import collections
import json
import os
import re
import shlex
import subprocess
import sys

ROOMS = ('src', 'io', 'mpi', 'gpu')
ENDINGS = ('.c', '.h', '.inc', '.cu')
INCLUDE = re.compile(r'\s*#\s*include\s*"([^"]+)"')


def sources():
    for room in ROOMS:
        for folder, _, names in os.walk(room):
            yield from (os.path.join(folder, name) for name in names if name.endswith(ENDINGS))


def includes(files):
    """(file, included file, what to print) of each include that names a file of the project."""
    for path in files:
        with open(path, encoding='utf-8') as lines:
            for number, line in enumerate(lines, 1):
                match = INCLUDE.match(line)
                for start in ('src', '.', os.path.dirname(path)) if match else ():
                    found = os.path.normpath(os.path.join(start, match.group(1)))
                    if found in files:
                        yield path, found, f'{path}:{number} includes {found}'
                        break


def objects(build):
    """The object file of each source."""
    with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as file:
        for command in json.load(file):
            path = os.path.relpath(command['file'])
            if path.split('/')[0] in ROOMS:
                words = shlex.split(command['command'])
                yield path, os.path.join(command['directory'], words[words.index('-o') + 1])


def calls(build):
    """(source, source, what to print) of each use of a symbol that another source defines."""
    defined, wanted = {}, []
    for path, built in objects(build):
        symbols = subprocess.run(['nm', built], check=True, capture_output=True, text=True).stdout
        for line in symbols.splitlines():
            *_, kind, name = line.split()
            if kind == 'U':
                wanted.append((path, name))
            elif kind.isupper():
                defined[name] = path
    for path, name in wanted:
        if name in defined:
            yield path, defined[name], f'{path} uses {name} of {defined[name]}'


def unit(path):
    """The file without its ending, so that a source and its header are one; other files are themselves."""
    name, ending = os.path.splitext(path)
    return path if ending == '.inc' else name


def folder(path):
    parts = os.path.dirname(path).split('/')
    return '/'.join(parts[:2])


def shortest_path(edges, start, goal):
    """The nodes of a shortest way from start to goal of at least one step, or None."""
    before = {}
    queue = collections.deque([start])
    while queue:
        node = queue.popleft()
        for neighbour in sorted(edges[node]):
            if neighbour == goal:
                way = [goal, node]
                while node != start:
                    node = before[node]
                    way.append(node)
                return way[::-1]
            if neighbour not in before and neighbour != start:
                before[neighbour] = node
                queue.append(neighbour)
    return None


def knots(edges):
    """The sets of two or more nodes of which each reaches all others."""
    reach = {node: set() for node in edges}
    for node in edges:
        queue = [node]
        while queue:
            new = edges[queue.pop()] - reach[node]
            reach[node] |= new
            queue.extend(new)
    found = {frozenset(m for m in reach[n] if n in reach[m]) for n in edges if n in reach[n]}
    return sorted(found, key=sorted)


def check(what, name, links):
    """Prints the circles of the graph whose nodes are name(file); returns how many knots there are."""
    edges = collections.defaultdict(set)
    lines = collections.defaultdict(list)
    for source, target, text in links:
        a, b = name(source), name(target)
        if a != b:
            edges[a].add(b)
            edges[b] |= set()
            lines[a, b].append(text)
    found = knots(edges)
    for knot in found:
        circle = min((shortest_path(edges, node, node) for node in sorted(knot)), key=len)
        print(f'{what}: {" -> ".join(circle)}')
        for pair in zip(circle, circle[1:]):
            print(*(f'    {line}' for line in lines[pair]), sep='\n')
        if len(knot) > len(circle) - 1:
            print(f'    in circles with them: {" ".join(sorted(knot - set(circle)))}')
    return len(found)


def main():
    build = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else None
    os.chdir(sys.argv[1])
    links = list(includes(set(sources())))
    if not links:
        sys.exit(f'no includes found under {sys.argv[1]}')
    n_circles = check('files', unit, links) + check('folders', folder, links)
    if build:
        n_circles += check('calls', unit, list(calls(build)))
    sys.exit(1 if n_circles else 0)


main()
