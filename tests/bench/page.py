# SPDX-License-Identifier: GPL-3.0-or-later
"""The measurements of run.py as the figures of RESULTS.md: one block of
Markdown for each pair of marks <!-- KIND NAME --> and <!-- /KIND NAME -->,
where KIND is the kind of machine: what its processor has."""

import os
import re
import statistics
import time

OURS_FLOAT = ('ours x86-64-v4', 'ours x86-64-v3', 'ours x86-64-v2')
OURS_AVX2 = 'ours x86-64-v3'
FLOAT_PEERS = ('PyTorch f32', 'PyTorch compiled-f32', 'ONNX Runtime f32')
BF16_PEERS = ('PyTorch bf16', 'PyTorch bf16-weights', 'PyTorch compiled-bf16')
AVX2_PEER = 'PyTorch f32, AVX2'


def load():
    return ' '.join(f'{x:.1f}' for x in os.getloadavg())


def machine(top):
    info, memory = {}, ''
    with open('/proc/cpuinfo') as f:
        for line in f:
            key, _, value = line.partition(':')
            info.setdefault(key.strip(), value.strip())
    with open('/proc/meminfo') as f:
        memory = int(f.readline().split()[1]) / 2 ** 20
    flags = [x for x in ('avx2', 'avx512f', 'avx512_bf16', 'amx_bf16')
             if x in info.get('flags', '').split()]
    return {'processor': info.get('model name', 'unknown'),
            'family': f"{info.get('cpu family')}/{info.get('model')}",
            'flags': ' '.join(flags), 'cores': os.cpu_count(),
            'memory': f'{memory:.0f} GiB', 'kernel': os.uname().release,
            'date': time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime()),
            'revision': os.environ.get('DIF_REVISION', 'unknown'),
            'load': load()}


def kind(out):
    flags = out['machine']['flags'].split()
    found = [name for flag, name in (('amx_bf16', 'amx'), ('avx512f', 'avx512'),
                                     ('avx2', 'avx2')) if flag in flags]
    return found[0] if found else 'baseline'


def our_float(out):
    """The best of our float32 tables on that machine."""
    return next(n for n in OURS_FLOAT if n in out['errors'])


def table(head, rows):
    lines = ['| ' + ' | '.join(head) + ' |', '|---' * len(head) + '|']
    return '\n'.join(lines + ['| ' + ' | '.join(row) + ' |' for row in rows])


def median(values):
    values = [v for v in values or [] if v]
    return statistics.median(values) if values else None


def best(case, names):
    """The fastest of these sides and its median time."""
    times = [(median(case.get(n)), n) for n in names]
    return min([t for t in times if t[0]], default=(None, None))


def case_name(key):
    px, batch = key.split('x')
    return f'{px} px, batch {batch}'


def ms(seconds):
    return f'{seconds * 1e3:.1f}' if seconds else '–'


def ratio(a, b):
    return a / b if a and b else None


def times(x):
    return f'{x:.2f}×' if x else '–'


def span(values):
    values = [v for v in values if v]
    if not values:
        return 'not measured'
    low, high = min(values), max(values)
    return times(low) if len(values) == 1 else f'{times(low)} to {times(high)}'


# Blocks ---------------------------------------------------------------

def run_block(out):
    m = out['machine']
    rows = [
        ('measured', f"{m['date']}, revision {m['revision']}, "
         f"{out.get('minutes', 0):.1f} minutes"
         + (', **a quick look with one round**' if out['quick'] else '')),
        ('load averages (1, 5, 15 minutes)', m['load']),
        ('processor', f"{m['processor']}, family/model {m['family']}, "
         f"{m['cores']} cores; {m['flags']}"),
        ('memory, kernel', f"{m['memory']}, Linux {m['kernel']}"),
        ('ours', f"the engine chooses {out['default']} here by itself"),
        *sorted(out['versions'].items()),
    ]
    if float(m['load'].split()[0]) > 0.5:
        rows.append(('**caution**', 'other programs ran at the same time: '
                     'ratios are rough'))
    if out['missing']:
        rows.append(('could not be had', ', '.join(out['missing'])))
    return table(('', ''), [(a, str(b)) for a, b in rows])


def ceilings_block(out):
    names = (('sgemm', 'sgemm 2048³, OpenBLAS, GFLOP/s'),
             ('fma', 'float32 multiply-adds on registers, GFLOP/s'),
             ('tiles', 'bfloat16 matrix unit on registers, GFLOP/s'),
             ('triad', 'memory, a = b + s c, GB/s'))
    threads = sorted(out['ceilings'])
    return table(
        ('ceiling', *(f'threads: {t}' for t in threads)),
        [(text, *(f"{median(out['ceilings'][t].get(key)) or 0:.1f}"
                  for t in threads)) for key, text in names])


def steps_block(out):
    parts = []
    for threads, cases in sorted(out['steps'].items()):
        names = []
        for case in cases.values():
            names += [n for n in case if n not in names]
        order = list(out['errors'])
        names.sort(key=lambda n: (order.index(n) if n in order else 99, n))
        rounds = max(len(v) for c in cases.values() for v in c.values())
        parts.append(f'Milliseconds of a network call, threads: {threads} '
                     f'(medians of {rounds} rounds):')
        parts.append(table(
            ('', *(case_name(k) for k in cases)),
            [(n, *(ms(median(c.get(n))) for c in cases.values()))
             for n in names]
            + [('GFLOP of the call',
                *(f"{out['flops'][k] / 1e9:.1f}" for k in cases))]))
    return '\n\n'.join(parts)


def reduced(case):
    return best(case, [n for n in case if n.startswith('ours ')
                       and 'bf16' in n])


def step_ratios(out):
    """(threads, case, ratios to the fastest float32 peer, to PyTorch's
    fastest bfloat16, to PyTorch on AVX2), with the names of the peers."""
    for threads, cases in sorted(out['steps'].items()):
        for key, case in cases.items():
            peer32, name32 = best(case, FLOAT_PEERS)
            peer16, name16 = best(case, BF16_PEERS)
            yield (threads, key,
                   ratio(peer32, median(case.get(our_float(out)))), name32,
                   ratio(peer16, reduced(case)[0]), name16,
                   ratio(median(case.get(AVX2_PEER)),
                         median(case.get(OURS_AVX2))))


def ratios_block(out):
    return table(
        ('threads', 'tile',
         f"{our_float(out)[5:]} against the fastest float32 peer",
         'our fastest bfloat16 against the fastest of PyTorch\'s',
         'x86-64-v3 against PyTorch limited to AVX2'),
        [(threads, case_name(key), f'{times(a)} ({name_a})',
          f'{times(b)} ({name_b})', times(c))
         for threads, key, a, name_a, b, name_b, c in step_ratios(out)])


def layer_rate(layer, seconds):
    flops = 2 * layer['cin'] * layer['cout'] * layer['kernel'] ** 2 \
        * layer['side'] ** 2
    return flops / seconds / 1e9 if seconds else None


def layer_sides(out):
    return [n for n in out['layers'][0] if n.startswith(('ours', 'oneDNN'))]


def total(layers, side):
    """(GFLOP, seconds) of all convolutions of one call on one side."""
    flop = seconds = 0.0
    for layer in layers:
        taken = median(layer[side])
        if taken:
            flop += layer_rate(layer, 1.0) * layer['number']
            seconds += taken * layer['number']
    return flop, seconds


def peak_of(out, side):
    found = out['ceilings']['1']
    return median(found['tiles' if 'bf16' in side else 'sgemm']) or None


def layers_block(out):
    if not out.get('layers'):
        return 'Not measured.'
    sides = layer_sides(out)

    def cell(rate, side):
        peak = peak_of(out, side)
        if not rate:
            return '–'
        share = f' ({100 * rate / peak:.0f} %)' if peak else ''
        return f'{rate:.0f}{share}'

    rows = []
    for layer in out['layers']:
        rows.append((
            f"{layer['cin']} → {layer['cout']}, {layer['kernel']}×"
            f"{layer['kernel']}, stride {layer['stride']}, "
            f"{layer['side']}²" + (' (always float32)' if layer['exact']
                                   else ''),
            str(layer['number']),
            *(cell(layer_rate(layer, median(layer[s])), s) for s in sides)))
    totals = []
    for kernel, text in ((3, 'all 3×3'), (1, 'all 1×1')):
        chosen = [x for x in out['layers'] if x['kernel'] == kernel]
        row = [f'**{text}**', str(sum(x['number'] for x in chosen))]
        for side in sides:
            flop, seconds = total(chosen, side)
            row.append(cell(flop / seconds if seconds else None, side))
        totals.append(tuple(row))
    return table(('convolution', 'number', *sides), rows + totals)


def ends_block(out):
    rows = []
    for name, runs in out.get('runs', {}).items():
        runs = [r for r in runs if r]
        if not runs:
            continue
        get = {k: median([r[k] for r in runs]) for k in runs[0]}
        rows.append((
            name, f"{get['wall']:.2f}", f"{get['network']:.2f}",
            f"{100 * (1 - get['network'] / get['variations']):.1f} %",
            f"{100 * (1 - get['network'] / get['wall']):.1f} %",
            f"{get['memory']:.0f}", f"{get['first']:.2f}", str(len(runs))))
    text = table(('run of `gimp-diffusion vary`', 'wall time, s',
                  'in the network, s', 'engine outside the network',
                  'everything outside the network', 'peak memory, MiB',
                  'first network call done after, s', 'rounds'), rows)
    if out.get('start'):
        loaded, started, progress = (median(x) for x in zip(*out['start']))
        text += ('\n\nFrom the start of a program that does what the plug-in '
                 f'does: model there after {loaded:.3f} s, job running after '
                 f'{started:.3f} s, first progress after {progress:.3f} s '
                 f"(1 MP; medians of {len(out['start'])}).")
    return text


def errors_block(out):
    return table(('side', 'largest difference from PyTorch float32'),
                 [(n, f'{100 * e:.4f} %') for n, e in out['errors'].items()])


def run_value(out, start, key):
    for name, runs in out.get('runs', {}).items():
        runs = [r for r in runs if r]
        if name.startswith(start) and runs:
            return median([r[key] for r in runs])
    return None


def thread_gains(out):
    one, two = (out['steps'].get(t, {}) for t in '12')
    name = 'ours ' + out['default']
    for key in one:
        if key in two:
            yield ratio(median(one[key].get(name)), median(two[key].get(name)))


def outside(out):
    for name, runs in out.get('runs', {}).items():
        runs = [r for r in runs if r]
        if runs and ('default' in name or out['quick']):
            yield statistics.median(
                1 - r['network'] / r['variations'] for r in runs)


def targets_block(out):
    ratios = list(step_ratios(out))
    layers = [x for x in out.get('layers', []) if x['kernel'] == 3]
    conv = 'not measured'
    if layers and our_float(out) in layers[0]:
        flop, seconds = total(layers, our_float(out))
        conv = times(flop / seconds / peak_of(out, our_float(out)))
    whole = ratio(*(run_value(out, f'1 MP, 1 variation, 3 steps, threads: {t}',
                              'variations') for t in '12'))
    fma = ratio(*(median(out['ceilings'].get(t, {}).get('fma')) for t in '21'))
    shares = [f'{100 * x:.1f} %' for x in outside(out)]
    mib = [run_value(out, s, 'memory') for s in ('1 MP', '24 MP')]
    start = median([s[2] for s in out.get('start', [])])
    rows = [
        ('float32 whole step against the fastest float32 peer', '≥ 1.5×',
         span(r[2] for r in ratios)),
        ('float32 3×3 convolutions of the network against direct-convolution '
         'peak (sgemm rate)', '≥ 1.3×', conv),
        ('bfloat16 whole step against PyTorch bfloat16', '≥ 1.5×',
         span(r[4] for r in ratios)),
        ('AVX2-only path against PyTorch limited to AVX2', '≥ 1.3×',
         span(r[6] for r in ratios)),
        ('share of a run outside the network', '≤ 5 %',
         ', '.join(shares) or 'not measured'),
        ('2 threads against 1', '≥ 1.9×',
         f'{span(thread_gains(out))}; variations {times(whole)}; '
         f'multiply-adds on registers {times(fma)}'),
        ('peak memory, 1 MP / 24 MP layer', '≤ 400 MiB / ≤ 1.2 GiB',
         ' / '.join(f'{m:.0f} MiB' if m else 'not measured' for m in mib)),
        ('plug-in start to first progress', '≤ 0.3 s',
         f'{start:.2f} s' if start else 'not measured'),
    ]
    return table(('what', 'target', 'measured'), rows)


def blocks(out):
    return {'run': run_block(out), 'targets': targets_block(out),
            'ceilings': ceilings_block(out), 'steps': steps_block(out),
            'ratios': ratios_block(out), 'layers': layers_block(out),
            'ends': ends_block(out), 'errors': errors_block(out)}


def write(path, kind_of, found):
    with open(path) as f:
        text = f.read()
    for name, block in found.items():
        name = f'{kind_of} {name}'
        text, n = re.subn(
            rf'(<!-- {name} -->\n).*?(<!-- /{name} -->)',
            lambda m, b=block: f'{m[1]}\n{b}\n\n{m[2]}', text, flags=re.S)
        if n != 1:
            raise SystemExit(f'{path} has no place for "{name}"')
    with open(path, 'w') as f:
        f.write(text)
