#!/usr/bin/env python3
"""No file is long and no function takes many parameters. usage: sizes.py SOURCE_FOLDER

Files of src, io, mpi, gpu and tests: at most 500 lines. Functions, as declared or defined and also as pointers in
structures: at most 7 parameters, but for the kernels, which are the .inc and .cu files: there, what a
loop needs is passed one by one to stay in registers. Prints what is over; exits 1
if there is any.
"""
import os
import re
import sys

ROOMS = ('src', 'io', 'mpi', 'gpu', 'tests')
MAX_LINES = 500
MAX_PARAMETERS = 7
ENDINGS = ('.c', '.h', '.inc', '.cu', '.sh', '.py')
WITHOUT_LIMIT = ('.inc', '.cu', '.sh', '.py')

# What is no code: comments, strings, characters, and preprocessor lines with their continuations.
NO_CODE = re.compile(r'''/\*.*?\*/ | //[^\n]* | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' '''
                     r'''| ^[ \t]*\#(?:\\\n|/\*.*?\*/|[^\n])*''', re.S | re.M | re.X)
ATTRIBUTE = re.compile(r'__attribute__\s*\(\(.*?\)\)', re.S)
# A word or a star, then the name or (*name), then the parenthesis of the parameters.
DECLARATOR = re.compile(r'(?:\w|\*)\s*[\s*](?:(\w+)|\(\s*\*+\s*(?:const\s+)?(\w+)\s*\))\s*\(')


def blank(match):
    """As many lines, no code. A string stays a word, so that what it stood in keeps its commas."""
    text = match.group(0)
    return ('S' if text[0] in '"\'' else ' ') + '\n' * text.count('\n')


def outside_functions(code):
    """The code with the bodies of functions blanked; those of struct, union and enum stay."""
    kept, depth, statement = [], 0, 0
    for i, character in enumerate(code):
        if depth:
            depth += {'{': 1, '}': -1}.get(character, 0)
            kept.append(';' if depth == 0 else '\n' if character == '\n' else '')
            statement = i + 1
            continue
        if character == '{' and ')' in code[statement:i] and '=' not in code[statement:i]:
            depth = 1
            continue
        if character in ';{}':
            statement = i + 1
        kept.append(character)
    return ''.join(kept)


def count_parameters(code, start):
    """Of a list whose parenthesis ends before `start`."""
    depth, commas, i = 1, 0, start
    while depth and i < len(code):
        depth += {'(': 1, ')': -1}.get(code[i], 0)
        commas += code[i] == ',' and depth == 1
        i += 1
    return commas + 1


def functions(text):
    """(line, name, number of parameters) of each function that is declared or defined."""
    code = outside_functions(ATTRIBUTE.sub(blank, NO_CODE.sub(blank, text)))
    for match in DECLARATOR.finditer(code):
        line = code.count('\n', 0, match.end()) + 1
        yield line, match.group(1) or match.group(2), count_parameters(code, match.end())


def too_large(path):
    """What is over a limit in a file, as lines to print."""
    with open(path, encoding='utf-8') as file:
        text = file.read()
    n_lines = text.count('\n')
    if n_lines > MAX_LINES:
        yield f'{path}: {n_lines} lines; at most {MAX_LINES}'
    if path.endswith(WITHOUT_LIMIT):
        return
    for line, name, n in functions(text):
        if n > MAX_PARAMETERS:
            yield f'{path}:{line}: {name}() takes {n} parameters; at most {MAX_PARAMETERS} outside the kernels'


def main():
    os.chdir(sys.argv[1])
    found = [line for room in ROOMS for folder, _, names in os.walk(room) for name in sorted(names)
             if name.endswith(ENDINGS) for line in too_large(os.path.join(folder, name))]
    print(*found, sep='\n')
    sys.exit(1 if found else 0)


main()
