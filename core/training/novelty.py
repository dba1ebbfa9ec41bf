#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of a picture is new?

  novelty.py SOURCE RESULT [RESULT ...]    results of one strength, seeds

Prints for every result the share of blocks of 32 px whose RMS difference from
the source is above 12 of 255, and the largest connected area that is the
source displaced as a whole (share of the picture, and by how many pixels);
the share of blocks that are new even if a block of the source up to NEAR
pixels away may stand in for them, which counts neither a shift nor a warp;
then the share of blocks in which two seeds differ by as much, the mean over
all pairs.  Pictures of one size; PNG or JPEG.
"""

import sys

import numpy as np
from scipy.ndimage import label

import own_patches
from own_patches import BLOCK, CHANGED, read

SIDE = 9       # of the patches that must occur in the source, pixels
NEAR = 16      # pixels
ALIKE = 8      # RMS difference up to which they do, of 255


def changed(a, b):
    """share of blocks that differ by more than CHANGED"""
    return float((own_patches.blocks(a, b) > CHANGED).mean())


def nowhere_near(result, source):
    """share of blocks unlike every block of the source within NEAR px"""
    h, w = (n // BLOCK * BLOCK for n in result.shape[:2])
    best = np.full((h // BLOCK, w // BLOCK), np.inf)
    result = result[:h, :w]
    for dy in range(-NEAR, NEAR + 1, 2):
        for dx in range(-NEAR, NEAR + 1, 2):
            y, x = np.arange(h) + dy, np.arange(w) + dx
            other = source[y.clip(0, source.shape[0] - 1)][
                :, x.clip(0, source.shape[1] - 1)]
            best = np.minimum(best, own_patches.blocks(result, other))
    return float((best > CHANGED).mean())


def displaced(result, source, rounds=8):
    """(share, dy, dx) of the largest connected area whose patches all lie in
    the source at one displacement of more than 2 px"""
    at = own_patches.grid(*(n - SIDE + 1 for n in source.shape[:2]))
    field = at
    for i in range(rounds):
        field, cost = own_patches.find(
            result, source, field, SIDE, jumps=(1, 2, 8, 32), tearing=2e-4,
            reaches=(4, 16, 64), anywhere=3, seed=i)
    offset = field - at
    alike = cost < (ALIKE / 127.5) ** 2 + 2e-4
    best = (0.0, 0, 0)
    keys = (offset[..., 0] + 8192) * 16384 + offset[..., 1] + 8192
    values, counts = np.unique(keys[alike], return_counts=True)
    for key in values[np.argsort(-counts)][:40]:
        dy, dx = int(key) // 16384 - 8192, int(key) % 16384 - 8192
        if max(abs(dy), abs(dx)) <= 2:
            continue
        parts, _ = label(alike & (keys == key))
        size = np.bincount(parts.ravel())[1:].max() / parts.size
        if size > best[0]:
            best = float(size), dy, dx
    return best


def main():
    source, results = read(sys.argv[1]), [read(p) for p in sys.argv[2:]]
    for path, result in zip(sys.argv[2:], results):
        share, dy, dx = displaced(result, source)
        print(f'{path}: {100 * changed(result, source):.0f} % of blocks new,'
              f' {100 * nowhere_near(result, source):.0f} % nowhere near,'
              f' {100 * share:.0f} % displaced as a whole by {dy}, {dx}')
    pairs = [changed(a, b) for i, a in enumerate(results)
             for b in results[:i]]
    if pairs:
        print(f'between seeds {100 * np.mean(pairs):.0f} % of blocks differ')


if __name__ == '__main__':
    main()
