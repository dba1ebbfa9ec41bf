#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What variations made of a picture's own parts are like, in numbers.

  parts_quality.py TOOL MODEL FOLDER PHOTOGRAPH...

TOOL is gimp-diffusion, MODEL its model's folder; results go to FOLDER and are
not made again.  For each structure and strength, means over the photographs:

  new       share of blocks of 32 px whose RMS difference from the source is
            above 12 of 255
  nowhere   the same, if a block of the source up to 16 px away may stand in
  seeds     share of blocks in which two seeds differ by as much
  missing   share of the source's patches (7 x 7) that are found nowhere in the
            result within 8 of 255 (RMS)
  patches   sliced Wasserstein distance of the sets of 7 x 7 patches, of 255,
            mean over four scales (as in GPDM, Elnekave and Weiss 2022)
  fine      energy of fine luminance over the source's
"""

import os
import subprocess
import sys

import numpy as np

import novelty
import own_patches

STRUCTURES = (.3, .12)
STRENGTHS = (40, 60, 80)
SEEDS = (1, 2)
PATCH = 7
DIRECTIONS = 64
SCALES = 4


def sliced(a, b, rng):
    """Sliced Wasserstein distance of two pictures' patches, of 255"""
    total = 0
    for _ in range(SCALES):
        p, q = (own_patches.windows(v, PATCH) for v in (a, b))
        d = rng.standard_normal((p.shape[1], DIRECTIONS)).astype(np.float32)
        d /= np.sqrt((d ** 2).sum(0))
        u, v = np.sort(p @ d, 0), np.sort(q @ d, 0)
        total += abs(u - v).mean() * 127.5
        a, b = (own_patches.resized(x, x.shape[0] // 2, x.shape[1] // 2)
                for x in (a, b))
    return total / SCALES


def missing(source, result):
    """share of the source's patches that the result does not have"""
    rows, columns = (n - PATCH + 1 for n in source.shape[:2])
    field = own_patches.grid(rows, columns)
    for i in range(8):
        field, cost = own_patches.find(source, result, field, PATCH,
                                       jumps=(1, 4, 16), anywhere=4, seed=i)
    return float((cost > (8 / 127.5) ** 2).mean())


def fine(x):
    """energy of the Laplacian of luminance"""
    y = x.mean(2)
    return float(((4 * y[1:-1, 1:-1] - y[:-2, 1:-1] - y[2:, 1:-1]
                   - y[1:-1, :-2] - y[1:-1, 2:]) ** 2).mean())


def made(tool, model, folder, path, structure, strength, seed):
    name = os.path.splitext(os.path.basename(path))[0]
    out = os.path.join(folder, f'{name}-{structure}-{strength}-{seed}.png')
    if not os.path.exists(out):
        subprocess.run([tool, 'vary', path, '-o', out, '-m', model, '-n', '1',
                        '--made-of', 'layer', '--structure', str(structure),
                        '-s', str(strength / 100), '--seed', str(seed)],
                       check=True)
    return own_patches.read(out)


def main():
    tool, model, folder, *paths = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    print('| structure | strength | new | nowhere | seeds | missing | patches |'
          ' fine |\n|---|---|---|---|---|---|---|---|')
    for structure in STRUCTURES:
        for strength in STRENGTHS:
            rows = []
            for path in paths:
                source = own_patches.read(path)
                a, b = (made(tool, model, folder, path, structure, strength, s)
                        for s in SEEDS)
                rows.append((novelty.changed(a, source),
                             novelty.nowhere_near(a, source),
                             novelty.changed(a, b), missing(source, a),
                             sliced(source, a, np.random.default_rng(0)),
                             fine(a) / fine(source)))
            m = np.mean(rows, 0)
            print(f'| {100 * structure:.0f} % | {strength} % |'
                  + ''.join(f' {100 * v:.0f} % |' for v in m[:4])
                  + f' {m[4]:.2f} | {m[5]:.2f} |', flush=True)


if __name__ == '__main__':
    main()
