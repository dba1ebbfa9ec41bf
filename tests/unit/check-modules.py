#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""check-modules.py SOURCE: the engine file by file.  TAP.

A header bears the name of the file that defines what it declares: of x.h or
x-private.h the functions are in x.c, or in x-*.c where there is too much of
it.  The two and their .c are one module, and no module includes itself by way
of others.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^#include "([a-z0-9/-]+\.h)"', re.M)
DEFINED = re.compile(r'^(dif_[a-z0-9_]+) \(', re.M)
DECLARED = re.compile(r'^(?!static|#)[A-Za-z][^\n;(]*?\b(dif_[a-z0-9_]+) +\(', re.M)


def module(header):
    """The module of a header: its path without .h and -private."""
    return re.sub(r'(-private)?\.h$', '', header)


def read(core):
    """The text of every source of the engine, by its path below core/."""
    return {str(path.relative_to(core)): path.read_text()
            for path in sorted(core.rglob('*.[ch]'))
            if 'training' not in path.parts}


def misplaced(files, home):
    """What is not defined where its header says; fills home, from .c to
    module."""
    declared = {}
    for path, text in files.items():
        if path.endswith('.h') and path != 'dif.h':
            for name in DECLARED.findall(text):
                declared[name] = path
    for path, text in files.items():
        if path.endswith('.c'):
            for name in DEFINED.findall(text):
                if name in declared:
                    home[path] = module(declared[name])
                    stem = path[:-2]
                    if stem != home[path] and not stem.startswith(home[path] + '-'):
                        yield f'{name} is declared in {declared[name]}, defined in {path}'


def circles(files, home):
    """Modules that include themselves by way of others, as paths."""
    graph = {}
    for path, text in files.items():
        name = module(path) if path.endswith('.h') else home.get(path, path[:-2])
        uses = {module(header) for header in INCLUDE.findall(text)}
        graph.setdefault(name, set()).update(uses - {name})
    done = set()

    def visit(name, way):
        if name in way:
            yield ' -> '.join(way[way.index(name):] + [name])
        elif name not in done:
            for other in sorted(graph.get(name, ())):
                yield from visit(other, way + [name])
            done.add(name)

    for name in sorted(graph):
        yield from visit(name, [])


def report(number, what, offenders):
    print(f'{"not ok" if offenders else "ok"} {number} - {what}')
    for offender in offenders:
        print(f'# {offender}')
    return bool(offenders)


def main():
    files = read(pathlib.Path(sys.argv[1], 'core'))
    home = {}
    print('TAP version 13\n1..3')
    wrong = report(1, 'there is an engine to look at',
                   [] if len(files) > 100 else [f'{len(files)} files'])
    wrong |= report(2, 'a header bears the name of its .c',
                    list(misplaced(files, home)))
    wrong |= report(3, 'no circles', list(circles(files, home)))
    sys.exit(wrong)


main()
