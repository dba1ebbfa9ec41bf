#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many steps does a sampler need?  The error of the result against many
steps, faithfulness and realism over the number of steps, for every sampler
and strength.

  steps.py make TOOL MODEL PHOTOS OUT      pictures, by gimp-diffusion
  steps.py measure PHOTOS OUT              steps.md and steps.svg, from them

The pictures are 192 x 192 from the middle of every other photograph.  The
reference is DPM-Solver++ 2M in 200 steps (200 for the stochastic samplers
too, each against its own).  For the three that solve the same differential
equation the error is the PSNR against the reference with the same seed; the
stochastic ones end somewhere else each time, so of them only statistics say
anything.
"""

import argparse
import math
import os
import subprocess
import sys

import numpy as np
from PIL import Image

SIDE = 192
PHOTOS = 4
STRENGTHS = (20, 40, 60, 80)
STEPS = (2, 4, 6, 8, 10, 12, 24, 50)
REFERENCE = 200
EQUATION = ('dpmpp-2m', 'ddim', 'dpmpp-2m-karras')
STOCHASTIC = ('ddpm', 'dpmpp-2m-sde')
SAMPLERS = EQUATION + STOCHASTIC
COLOURS = dict(zip(SAMPLERS, ('#1f5fbf', '#d95f02', '#7a3fa0', '#2a8f3c',
                              '#888888')))


def crops(folder):
    """Names and pictures, [side, side, 3] of bytes."""
    found = []
    for name in sorted(os.listdir(folder))[::2][:PHOTOS]:
        image = Image.open(os.path.join(folder, name)).convert('RGB')
        left, top = (image.width - SIDE) // 2, (image.height - SIDE) // 2
        found.append((os.path.splitext(name)[0],
                      image.crop((left, top, left + SIDE, top + SIDE))))
    return found


def path_of(out, name, strength, sampler, steps):
    return os.path.join(out, f'{name}-{strength}-{sampler}-{steps}.png')


def make(args):
    os.makedirs(args.out, exist_ok=True)
    for number, (name, image) in enumerate(crops(args.photos)):
        source = os.path.join(args.out, name + '.png')
        image.save(source)
        for strength in STRENGTHS:
            for sampler in SAMPLERS:
                for steps in STEPS + (REFERENCE,):
                    path = path_of(args.out, name, strength, sampler, steps)
                    if os.path.exists(path) or (
                            steps == REFERENCE and sampler in EQUATION[1:]):
                        continue
                    subprocess.run(
                        [args.tool, 'vary', source, '-o', path, '-n', '1',
                         '-s', f'{strength}%', '--steps', str(steps),
                         '--sampler', sampler, '--seed', str(number),
                         '--model', args.model], check=True)
        print(name, file=sys.stderr)


def read(path):
    return np.asarray(Image.open(path).convert('RGB'), np.float32) / 127.5 - 1


def psnr(a, b):
    error = float(((a - b) ** 2).mean())
    return math.inf if error == 0 else 10 * math.log10(4 / error)


def reduced(x):
    n = SIDE // 8
    return x.reshape(n, 8, n, 8, 3).mean((1, 3))


def statistics(results, sources, real):
    """(faithfulness, realism) of a list of pictures."""
    import torch
    from features import features, frechet
    batch = torch.tensor(np.stack(results)).permute(0, 3, 1, 2)
    return (float(np.mean([psnr(reduced(a), reduced(b))
                           for a, b in zip(results, sources)])),
            frechet(features(batch), real))


def all_real(folder):
    """Features of the middle of every photograph."""
    import torch
    from features import features
    pictures = []
    for name in sorted(os.listdir(folder)):
        image = Image.open(os.path.join(folder, name)).convert('RGB')
        left, top = (image.width - SIDE) // 2, (image.height - SIDE) // 2
        pictures.append(np.asarray(image.crop((left, top, left + SIDE,
                                               top + SIDE)), np.float32))
    batch = torch.tensor(np.stack(pictures)) / 127.5 - 1
    return features(batch.permute(0, 3, 1, 2))


def collect(args):
    """{(strength, sampler, steps): (error, faithfulness, realism)}"""
    names = [name for name, _ in crops(args.photos)]
    sources = [read(os.path.join(args.out, n + '.png')) for n in names]
    real = all_real(args.photos)
    found = {}
    for strength in STRENGTHS:
        for sampler in SAMPLERS:
            reference = sampler if sampler in STOCHASTIC else EQUATION[0]
            exact = [read(path_of(args.out, n, strength, reference, REFERENCE))
                     for n in names]
            found[strength, sampler, REFERENCE] = (
                math.inf, *statistics(exact, sources, real))
            for steps in STEPS:
                results = [read(path_of(args.out, n, strength, sampler, steps))
                           for n in names]
                error = float(np.mean([psnr(a, b)
                                       for a, b in zip(results, exact)]))
                found[strength, sampler, steps] = (
                    error, *statistics(results, sources, real))
    return found


def write_table(found, path):
    with open(path, 'w', encoding='utf-8') as file:
        for strength in STRENGTHS:
            file.write(f'\nStrength {strength} %: error against {REFERENCE} '
                       'steps, dB (only where the equation is the same) / '
                       'faithfulness, dB / realism (less is better)\n\n')
            columns = STEPS + (REFERENCE,)
            file.write('| sampler | ' + ' | '.join(map(str, columns)) + ' |\n')
            file.write('|---' * (len(columns) + 1) + '|\n')
            for sampler in SAMPLERS:
                cells = []
                for steps in columns:
                    error, faithful, realism = found[strength, sampler, steps]
                    first = (f'{error:.1f}' if sampler in EQUATION
                             and math.isfinite(error) else '–')
                    cells.append(f'{first} / {faithful:.1f} / {realism:.1f}')
                file.write(f'| {sampler} | ' + ' | '.join(cells) + ' |\n')


def panel(found, index, title, left, what):
    """One strength's curves of found[...][index]."""
    width, height = 200, 150
    values = [found[s, m, n][index] for (s, m, n) in found if s == title
              and math.isfinite(found[s, m, n][index])
              and (index or m in EQUATION)]
    low, high = min(values), max(values)
    span = (high - low) or 1

    def point(steps, value):
        x = left + width * math.log(steps / 2) / math.log(25)
        return f'{x:.1f},{40 + height * (1 - (value - low) / span):.1f}'

    lines = [f'<rect x="{left}" y="40" width="{width}" height="{height}" '
             'fill="none" stroke="#999"/>',
             f'<text x="{left}" y="32">{what}, {title} %</text>',
             f'<text x="{left - 4}" y="48" text-anchor="end">{high:.0f}</text>',
             f'<text x="{left - 4}" y="190" text-anchor="end">{low:.0f}</text>']
    for steps in STEPS:
        x = point(steps, low).split(',', maxsplit=1)[0]
        lines.append(f'<text x="{x}" y="204" text-anchor="middle">{steps}</text>')
    for sampler in SAMPLERS if index else EQUATION:
        points = ' '.join(point(n, found[title, sampler, n][index])
                          for n in STEPS)
        lines.append(f'<polyline points="{points}" fill="none" stroke-width="2" '
                     f'stroke="{COLOURS[sampler]}"/>')
    return lines


def write_plot(found, path):
    rows = []
    for row, (index, what) in enumerate(((0, 'error, dB'),
                                         (1, 'faithfulness, dB'),
                                         (2, 'realism'))):
        rows.append(f'<g transform="translate(0,{row * 190})">')
        for number, strength in enumerate(STRENGTHS):
            rows += panel(found, index, strength, 50 + number * 250, what)
        rows.append('</g>')
    for number, sampler in enumerate(SAMPLERS):
        rows.append(f'<text x="{50 + number * 160}" y="610" '
                    f'fill="{COLOURS[sampler]}">{sampler}</text>')
    with open(path, 'w', encoding='utf-8') as file:
        file.write('<svg xmlns="http://www.w3.org/2000/svg" width="1040" '
                   'height="625" font-family="sans-serif" font-size="11">\n'
                   '<rect width="1040" height="625" fill="white"/>\n'
                   + '\n'.join(rows) + '\n</svg>\n')


def measure(args):
    found = collect(args)
    write_table(found, os.path.join(args.out, 'steps.md'))
    write_plot(found, os.path.join(args.out, 'steps.svg'))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser('make')
    command.add_argument('tool')
    command.add_argument('model')
    command.add_argument('photos')
    command.add_argument('out')
    command.set_defaults(run=make)
    command = commands.add_parser('measure')
    command.add_argument('photos')
    command.add_argument('out')
    command.set_defaults(run=measure)
    args = parser.parse_args()
    args.run(args)


if __name__ == '__main__':
    main()
