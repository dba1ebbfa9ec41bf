# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the engine and other libraries in turns and writes the figures
into RESULTS.md; tests/bench/run.sh builds what it needs and starts it.

    run.sh              everything, at most about 20 minutes
    run.sh --quick      a look at everything, at most about 3 minutes
    run.sh --minutes M  fewer rounds where they would take longer
    run.sh --dry        figures on standard output, RESULTS.md as it was

All measurements are kept in results.json of the build folder."""

import argparse
import json
import math
import os
import signal
import subprocess
import sys
import time

import numpy as np

import end_to_end
import page

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
MODEL = os.path.join(TOP, 'plugin', 'models', 'photo')
UNSHUFFLE = 2
BATCH_PIXELS = 192 * 192      # per thread, as core/pipeline/plan.c

# The largest call, in GFLOP, that a slow side has to do.
LIMITS = {'ref': 4, 'x86-64-v2': 30, 'x86-64-v3': 50, 'avx512-bf16': 50,
          'PyTorch f32, AVX2': 50}
# Compiled afresh for each size, which takes minutes the first time.
COMPILED_CASE = (128, 1)
OPENMP_BLAS = '/usr/lib/x86_64-linux-gnu/openblas-openmp'


class Process:
    """A program that answers a line with a line.  It is stopped between
    questions: idle threads of OpenMP go on spinning for minutes, on the
    cores that the others are measured on."""

    log = None      # takes what the programs write on standard error

    def __init__(self, name, command, env=None):
        self.name = name
        self.child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.log, text=True, bufsize=1,
            env=dict(os.environ, **(env or {})))

    def ask(self, *words):
        try:
            self.child.send_signal(signal.SIGCONT)
            print(*words, file=self.child.stdin, flush=True)
            answer = self.child.stdout.readline().strip()
            self.child.send_signal(signal.SIGSTOP)
            return answer or 'failed: it ended'
        except OSError:
            return 'failed: it ended'

    def end(self):
        self.child.send_signal(signal.SIGCONT)
        self.child.stdin.close()
        self.child.wait()

    def number(self, *words):
        answer = self.ask(*words)
        try:
            return float(answer.split()[0])
        except (ValueError, IndexError):
            print(f'{self.name}: {" ".join(map(str, words))}: {answer}',
                  file=sys.stderr)
            return None


class Bench:
    def __init__(self, build, quick, minutes):
        self.build, self.quick = os.path.join(TOP, build), quick
        self.budget = 60 * (minutes or (3 if quick else 20))
        self.rounds = 1 if quick else 5
        self.seconds = 0.05 if quick else 0.15
        self.start = time.monotonic()
        self.programs = os.path.join(self.build, 'tests', 'bench')
        self.threads = [1, 2][:os.cpu_count()]
        Process.log = open(os.path.join(self.build, 'sides.log'), 'w')
        self.out = {'quick': quick, 'errors': {}, 'missing': []}

    def past(self, share):
        return time.monotonic() - self.start > share * self.budget

    def say(self, text):
        print(f'[{time.monotonic() - self.start:4.0f} s] {text}',
              file=sys.stderr, flush=True)

    # The sides

    def python_side(self, name, script, argument, env=None):
        return Process(name, ['python3', os.path.join(HERE, script), argument],
                       env)

    def open_sides(self):
        """self.sides: name of a kind of call to (process, its word for it)"""
        cache = {'TORCHINDUCTOR_CACHE_DIR': os.path.join(self.build,
                                                         'inductor')}
        self.engine = Process('ours', [
            os.path.join(self.programs, 'bench-engine'), MODEL])
        self.tables = self.engine.ask('tables').split()
        self.sides = {'ours ' + t: (self.engine, t) for t in self.tables}
        cache.update(self.open_torch(cache))
        if self.versions['PyTorch'].startswith('failed'):
            self.torch = None
            self.out['missing'].append('PyTorch')
        else:
            kinds = ['f32', 'compiled-f32']
            # Without instructions for bfloat16 PyTorch takes minutes.
            if 'avx512_bf16' in self.out['machine']['flags']:
                kinds += ['bf16', 'bf16-weights', 'compiled-bf16']
            for kind in kinds:
                self.sides['PyTorch ' + kind] = (self.torch, kind)
            limited = dict(cache, ATEN_CPU_CAPABILITY='avx2',
                           ONEDNN_MAX_CPU_ISA='AVX2',
                           OPENBLAS_CORETYPE='Haswell')
            self.sides['PyTorch f32, AVX2'] = (self.python_side(
                'PyTorch, AVX2', 'side_torch.py', MODEL, limited), 'f32')
            self.open_onnx()
        self.onednn = None
        path = os.path.join(self.programs, 'bench-onednn')
        if os.path.exists(path):
            self.onednn = Process('oneDNN', [path], {'OMP_NUM_THREADS': '1'})
            self.versions['oneDNN'] = self.onednn.ask('version')
        else:
            self.out['missing'].append('oneDNN')

    def open_torch(self, env):
        """Two ways in which idle threads of OpenMP wait; which of them is
        faster depends on what else the machine does.  Keeps the faster one
        and returns its environment.  The OpenBLAS that works with OpenMP
        does not add threads of its own."""
        ways = {}
        for way in ('active', 'passive'):
            # torch.compile makes code that calls SLEEF without linking it.
            more = {'OMP_WAIT_POLICY': way, 'LD_LIBRARY_PATH': OPENMP_BLAS,
                    'LD_PRELOAD': 'libsleef.so.3'}
            process = self.python_side('PyTorch', 'side_torch.py', MODEL,
                                       dict(env, **more))
            taken = process.number('call', 'f32', self.threads[-1], 64, 1, 0.3)
            ways[way] = (taken or math.inf, process, more)
            self.say(f'PyTorch, waiting {way}: {ways[way][0]:.3f} s')
        way = min(ways, key=lambda w: ways[w][0])
        _, self.torch, env = ways.pop(way)
        for _, process, _ in ways.values():
            process.end()
        version = self.torch.ask('version')
        self.versions = {'PyTorch': version}
        if not version.startswith('failed'):
            self.versions['PyTorch'] += f', OMP_WAIT_POLICY={way}'
        return env

    def open_onnx(self):
        path = os.path.join(self.build, 'photo.onnx')
        answer = self.torch.ask('export', path)
        if answer == 'ok':
            onnx = self.python_side('ONNX Runtime', 'side_onnx.py', path)
            answer = self.versions['ONNX Runtime'] = onnx.ask('version')
        if answer.startswith('failed'):
            self.out['missing'].append(f'ONNX Runtime ({answer})')
        else:
            self.sides['ONNX Runtime f32'] = (onnx, 'f32')

    # What is measured

    def check_outputs(self):
        """Largest difference from PyTorch's float32 over its largest value,
        so that every side is known to run the same network."""
        size, path = 32, '/tmp/bench-values'
        x = np.random.default_rng(7).standard_normal(
            (1, size, size, 12)).astype(np.float32)
        x.tofile(path)
        for process in {id(p): p for p, _ in self.sides.values()}.values():
            process.ask('input', size, 1, path)
        outs = {}
        for name, (process, kind) in self.sides.items():
            if 'compiled' not in name and process.number(
                    'call', kind, 1, size, 1, 0) is not None:
                process.ask('output', path + '.out')
                outs[name] = np.fromfile(path + '.out', np.float32)
        reference = outs.get('PyTorch f32', outs['ours ref'])
        for name, out in outs.items():
            self.out['errors'][name] = float(
                np.abs(out - reference).max() / np.abs(reference).max())

    def cases(self, threads):
        """(pixels of a side, batch), the pipeline's batch second."""
        for px in (64, 128) if self.quick else (64, 128, 256):
            batch = math.ceil(BATCH_PIXELS * threads / px ** 2)
            for n in sorted({1, batch}):
                if not (self.quick and n > 1 and px > 64):
                    yield px, n

    def may_run(self, name, threads, px, batch, done):
        limit = LIMITS.get(name.removeprefix('ours '))
        flops = self.out['flops'][f'{px}x{batch}']
        if 'compiled' in name:
            return (px, batch) == COMPILED_CASE and not self.quick
        return limit is None or (flops <= limit * 1e9
                                 and not (name == 'ours ref' and done))

    def time_steps(self):
        """Network calls: out['steps'][threads][case][side], seconds."""
        steps = self.out['steps'] = {}
        self.out['flops'], self.out['ceilings'] = {}, {}
        for turn in range(self.rounds):
            for threads in self.threads:
                self.time_ceilings(threads)
                for px, batch in self.cases(threads):
                    key = f'{px}x{batch}'
                    if key not in self.out['flops']:
                        self.out['flops'][key] = self.engine.number(
                            'flops', px // UNSHUFFLE, batch)
                    case = steps.setdefault(str(threads), {}).setdefault(
                        key, {})
                    self.time_case(case, threads, px, batch, turn)
            self.say(f'network calls: round {turn + 1} done')
            if self.past(0.5):
                break

    def time_case(self, case, threads, px, batch, turn):
        names = list(self.sides)
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            process, kind = self.sides[name]
            if not self.may_run(name, threads, px, batch, case.get(name)):
                continue
            taken = process.number('call', kind, threads, px // UNSHUFFLE,
                                   batch, self.seconds)
            if taken is not None:
                case.setdefault(name, []).append(taken)

    def time_ceilings(self, threads):
        found = self.out['ceilings'].setdefault(str(threads), {})
        for what in ('sgemm', 'fma', 'tiles', 'triad'):
            if what != 'triad' or not found.get(what):
                rate = self.engine.number(what, threads)
                found.setdefault(what, []).append(rate)

    def time_layers(self):
        """out['layers']: every convolution at 128 x 128 network pixels."""
        if not self.torch:
            return
        layers = [dict(zip(('cin', 'cout', 'kernel', 'stride', 'side',
                            'number', 'exact'), row))
                  for row in json.loads(self.torch.ask('layers', 128))]
        sides = {'ours ' + t: (self.engine, t) for t in self.tables
                 if t != 'ref'}
        if self.onednn:
            sides.update({'oneDNN f32': (self.onednn, 'f32'),
                          'oneDNN bf16': (self.onednn, 'bf16')})
        for turn in range(self.rounds):
            for layer in layers:
                shape = [layer[k] for k in ('cin', 'cout', 'kernel', 'stride',
                                            'side')]
                for name, (process, kind) in sides.items():
                    taken = process.number('conv', kind, *shape, 0.01)
                    layer.setdefault(name, []).append(taken)
            self.say(f'convolutions: round {turn + 1} done')
            if self.past(0.58):
                break
        self.out['layers'] = layers

    def run(self):
        self.out['machine'] = page.machine(TOP)
        self.open_sides()
        self.out['default'] = self.engine.ask('default')
        self.out['versions'] = self.versions
        self.say('sides: ' + ', '.join(self.sides))
        self.check_outputs()
        self.time_steps()
        self.time_layers()
        for process in {id(p): p for p, _ in self.sides.values()}.values():
            process.end()
        if self.onednn:
            self.onednn.end()
        self.keep()
        end_to_end.measure(self)
        self.out['machine']['load'] += ' before, ' + page.load() + ' after'
        self.keep()

    def keep(self):
        self.out['minutes'] = (time.monotonic() - self.start) / 60
        with open(os.path.join(self.build, 'results.json'), 'w') as f:
            json.dump(self.out, f)


def main():
    parser = argparse.ArgumentParser(prog='run.sh')
    parser.add_argument('--build', required=True, help=argparse.SUPPRESS)
    parser.add_argument('--quick', action='store_true')
    parser.add_argument('--minutes', type=float)
    parser.add_argument('--dry', action='store_true')
    parser.add_argument('--again', action='store_true',
                        help='write the page from the last measurements')
    args = parser.parse_args()
    if args.again:
        with open(os.path.join(TOP, args.build, 'results.json')) as f:
            out = json.load(f)
    else:
        bench = Bench(args.build, args.quick, args.minutes)
        bench.run()
        out = bench.out
    blocks = page.blocks(out)
    if args.dry:
        print('\n\n'.join(blocks.values()))
    else:
        page.write(os.path.join(HERE, 'RESULTS.md'), page.kind(out), blocks)


if __name__ == '__main__':
    main()
