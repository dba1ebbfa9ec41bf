# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole runs of the tool and of a start: wall time, memory, and how much of
the time was not the network's."""

import os
import subprocess
import sys
import time

from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
PICTURE = os.path.join(HERE, '../data/mountain-lake.jpg')
SIZES = {'1 MP': (1344, 752), '12 MP': (4256, 2832), '24 MP': (6016, 4000)}


def picture(name):
    path = f'/tmp/{name.replace(" ", "")}.png'
    if not os.path.exists(path):
        with Image.open(PICTURE) as image:
            image.resize(SIZES[name], Image.Resampling.BICUBIC).save(
                path, compress_level=1)
    return path


def spawn(command):
    """(seconds, peak MiB of its largest process, start by the monotonic
    clock, standard output, standard error)"""
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)
    out, err = child.stdout.read(), child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    taken = time.monotonic() - start
    if status:
        print(command, err, file=sys.stderr)
        return None
    return taken, usage.ru_maxrss / 1024, start, out, err


def vary(bench, size, *options):
    result = spawn([os.path.join(bench.programs, 'bench-vary'), 'vary', '-q',
                    picture(size), '-m', os.path.join(HERE,
                                                      '../../plugin/models/photo'),
                    '-o', '/tmp/out-%d.png', *options])
    if result is None:
        return None
    line = [x for x in result[4].splitlines() if x.startswith('network:')]
    calls, network, variations, first = map(float, line[-1].split()[1:])
    return {'wall': result[0], 'memory': result[1], 'calls': calls,
            'network': network, 'variations': variations,
            'first': first - result[2]}


def start(bench):
    result = spawn([os.path.join(bench.programs, 'bench-start'),
                    os.path.join(HERE, '../../plugin/models/photo'),
                    *map(str, SIZES['1 MP'])])
    if result is None:
        return None
    return [float(x) - result[2] for x in result[3].split()]


def runs(bench):
    """name, size, options; what is run once only comes last."""
    most = str(bench.threads[-1])
    if bench.quick:
        yield '1 MP, 1 variation, 1 step', '1 MP', ['-n', '1', '--steps', '1',
                                                    '-t', most]
        return
    yield '1 MP, default settings', '1 MP', ['-t', most]
    for threads in bench.threads:
        yield (f'1 MP, 1 variation, 3 steps, threads: {threads}', '1 MP',
               ['-n', '1', '--steps', '3', '-t', str(threads)])


def measure(bench):
    if not os.path.exists(os.path.join(bench.programs, 'bench-vary')):
        bench.out['missing'].append('the tool (it needs GEGL)')
        return
    found = bench.out['runs'] = {}
    bench.out['start'] = [s for s in (start(bench) for _ in range(5)) if s]
    if not bench.quick:
        found['24 MP, 1 variation, 1 step'] = [vary(
            bench, '24 MP', '-n', '1', '--steps', '1')]
        found['12 MP, default settings, 1 variation'] = [vary(
            bench, '12 MP', '-n', '1')]
        bench.say('large pictures done')
    for turn in range(bench.rounds):
        for name, size, options in runs(bench):
            if turn and bench.past(0.95):
                return
            result = vary(bench, size, *options)
            if result:
                found.setdefault(name, []).append(result)
        bench.say(f'whole runs: round {turn + 1} done')
