#!/usr/bin/env python3
"""What docs name is there. usage: names.py SOURCE_FOLDER

  docs/architecture.md, docs/developing.md   functions, macros, types and files between backquotes are in the project
  sources                                    what is cited as "Dix 1955: docs/references.md" is in that file

Prints each offence; exits 1 if there is one.
"""
import os
import re
import sys

ROOMS = ('src', 'io', 'mpi', 'gpu', 'tests', 'docs', 'cmake', 'jobscripts')
PAGES = ('docs/architecture.md', 'docs/developing.md')
SOURCES = ('.c', '.h', '.inc', '.cu', '.cuh')
QUOTED = re.compile(r'`([^`\n]+)`')
PATH = re.compile(r'[\w./-]+\.(c|h|inc|cu|cuh|sh|py)|(' + '|'.join(ROOMS) + r')(/[\w.-]*)+')
NAME = re.compile(r'(?:pstm|PSTM)_\w*[A-Za-z0-9]|\w+\(\)')
CITED = re.compile(r'\(([^()]*): docs/references\.md\)')
WORK = re.compile(r'([A-Z]\w+)[^;:]*?\b((?:19|20)\d\d)\b')


def files():
    for room in ROOMS:
        for folder, _, names in os.walk(room):
            yield folder
            yield from (os.path.join(folder, name) for name in names)


def main():
    os.chdir(sys.argv[1])
    paths, words, offences = list(files()), set(), []
    texts = {}
    for path in paths:
        if path.endswith(SOURCES):
            with open(path, encoding='utf-8') as file:
                texts[path] = file.read()
            words.update(re.findall(r'\w+', texts[path]))
    for page in PAGES:
        with open(page, encoding='utf-8') as file:
            quoted = QUOTED.findall(file.read())
        for text in quoted:
            bare = text.rstrip('/')
            if PATH.fullmatch(text) and not any(('/' + p).endswith('/' + bare) for p in paths):
                offences.append(f'{page}: there is no {text}')
            if NAME.fullmatch(text) and text.rstrip('()') not in words:
                offences.append(f'{page}: nothing is called {text}')
    with open('docs/references.md', encoding='utf-8') as file:
        works = file.read()
    for path, text in texts.items():
        for cited in CITED.findall(re.sub(r'\s*\n\s*\*?\s*', ' ', text)):
            for author, year in WORK.findall(cited):
                if not re.search(rf'\*\*{author}\b[^*]*{year}', works) and f'**{year}.**' not in works:
                    offences.append(f'{path}: {author} {year} is not in docs/references.md')
    print('\n'.join(offences), end='\n' if offences else '')
    return 1 if offences else 0


sys.exit(main())
