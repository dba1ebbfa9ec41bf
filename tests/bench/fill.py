# SPDX-License-Identifier: GPL-3.0-or-later
"""Fills holes in photographs with gimp-diffusion and with others, and measures.

    python3 fill.py TOOL OUT PICTURE... [--only NAME,...] [--context C]

OUT is a folder, which gets the pictures and fill.json; what is there already is not
made again.  Pictures are scaled to a shorter side of 512 pixels.  Others are OpenCV's
two inpainters (python3-opencv) and G'MIC's inpaint_matchpatch (gmic), as far as they are
installed.  Seconds are those of the processor, of one thread.
"""

import argparse
import json
import math
import os
import resource
import shutil
import subprocess

import numpy as np
from PIL import Image, ImageDraw

try:
    import cv2
except ImportError:
    cv2 = None

SIDE = 512
SIZES = (24, 48, 96, 160)
KINDS = ('round', 'long', 'border')
PATCH = 7
RING = 16            # pixels from which differences are compared


def holes(size, chance):
    """Masks of all sizes and kinds in a picture of that size."""
    width, height = size
    for d in SIZES:
        for kind in KINDS:
            mask = Image.new('L', size, 0)
            draw = ImageDraw.Draw(mask)
            x, y = (int(chance.integers(d, side - d)) for side in size)
            if kind == 'long':
                angle = chance.random() * math.pi
                dx, dy = 1.2 * d * math.cos(angle), 1.2 * d * math.sin(angle)
                draw.line((x - dx, y - dy, x + dx, y + dy), fill=255,
                          width=max(6, d // 6))
            else:
                if kind == 'border':
                    x, y = ((0, y), (width - 1, y), (x, 0),
                            (x, height - 1))[int(chance.integers(4))]
                draw.ellipse((x - d // 2, y - d // 2, x + d // 2, y + d // 2),
                             fill=255)
            yield kind, d, mask


def seconds(command, **more):
    """Runs a command; the seconds of processor time that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL,
                   env=os.environ | {'OMP_NUM_THREADS': '1', **more})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime
            - before.ru_utime - before.ru_stime)


def by_opencv(method):
    """A filler of OpenCV's."""
    def fill(source, mask, out):
        cv2.setNumThreads(1)
        start = resource.getrusage(resource.RUSAGE_SELF)
        made = cv2.inpaint(cv2.imread(source), cv2.imread(mask, 0), 5, method)
        end = resource.getrusage(resource.RUSAGE_SELF)
        cv2.imwrite(out, made)
        return end.ru_utime - start.ru_utime
    return fill


def fillers(tool, context):
    """Those that are there, by name."""
    found = {'ours': lambda source, mask, out: seconds(
        [tool, 'fill', source, '--mask', mask, '-o', out, '--threads', '1', '--quiet',
         '--context', str(context)])}
    if cv2 is not None:
        found['telea'] = by_opencv(cv2.INPAINT_TELEA)
        found['ns'] = by_opencv(cv2.INPAINT_NS)
    if shutil.which('gmic'):
        found['matchpatch'] = lambda source, mask, out: seconds(
            ['gmic', '-v', '-', source, mask, '-inpaint_matchpatch[0]', '[1]',
             '-keep[0]', '-o', out])
    return found


# Measures ---------------------------------------------------------------

def grow(mask, pixels):
    """A mask with so many pixels more on all sides."""
    for _ in range(pixels):
        more = mask.copy()
        more[1:] |= mask[:-1]
        more[:-1] |= mask[1:]
        more[:, 1:] |= mask[:, :-1]
        more[:, :-1] |= mask[:, 1:]
        mask = more
    return mask


def earth(one, other):
    """The distance of two distributions on a line (Wasserstein's first)."""
    at = np.linspace(0.5 / 200, 1 - 0.5 / 200, 200)
    return float(np.abs(np.quantile(one, at) - np.quantile(other, at)).mean())


def border(picture, mask):
    """How differently neighbours differ across the hole's border and round it."""
    grey = picture.mean(2)
    ring = grow(mask, RING) & ~mask
    across, around = [], []
    for axis in (0, 1):
        apart = np.abs(np.diff(grey, axis=axis))
        low, high = (np.take(mask, range(0, mask.shape[axis] - 1), axis),
                     np.take(mask, range(1, mask.shape[axis]), axis))
        near = np.take(ring, range(1, mask.shape[axis]), axis)
        across.append(apart[low != high])
        around.append(apart[~low & ~high & near])
    return earth(np.concatenate(across), np.concatenate(around))


def patches(picture, where, most, chance):
    """Patches whose middles lie where, at most so many of them."""
    half = PATCH // 2
    inner = np.zeros_like(where)
    inner[half:-half, half:-half] = where[half:-half, half:-half]
    y, x = np.nonzero(inner)
    if len(y) > most:
        picked = chance.choice(len(y), most, replace=False)
        y, x = y[picked], x[picked]
    view = np.lib.stride_tricks.sliding_window_view(picture, (PATCH, PATCH), (0, 1))
    return view[y - half, x - half].reshape(len(y), -1)


def unlike(picture, mask, size):
    """Root mean square of the patches of the hole less the nearest known ones."""
    chance = np.random.default_rng(3)
    known = ~grow(mask, PATCH // 2) & grow(mask, int(1.5 * size) + 8)
    queries = patches(picture, mask, 400, chance)
    keys = patches(picture, known, 4000, chance)
    apart = ((queries ** 2).sum(1)[:, None] + (keys ** 2).sum(1)[None]
             - 2 * queries @ keys.T) / queries.shape[1]
    return float(np.sqrt(np.maximum(apart.min(1), 0)).mean())


def flat(picture, mask):
    """Detail of the hole as a share of that round it: differences of neighbours."""
    grey = picture.mean(2)
    apart = np.abs(np.diff(grey, axis=1))
    inside = (mask[:, 1:] & mask[:, :-1])
    ring = grow(mask, RING) & ~mask
    around = ring[:, 1:] & ring[:, :-1]
    return float(apart[inside].mean() / max(apart[around].mean(), 1e-3))


def measure(out, mask, size):
    """All of these, in steps of 8 bits."""
    picture = np.asarray(Image.open(out).convert('RGB'), np.float32)
    hole = np.asarray(mask) > 0
    return {'border': border(picture, hole), 'patches': unlike(picture, hole, size),
            'detail': flat(picture, hole)}


def table(results):
    """The means of all that was made, as Markdown."""
    names = sorted({key.split('|')[0] for key in results})
    print('| hole | ' + ' | '.join(names) + ' |')
    print('|---' * (len(names) + 1) + '|')
    for kind in KINDS:
        for d in SIZES:
            cells = []
            for name in names:
                some = [value for key, value in results.items()
                        if key.startswith(f'{name}|') and
                        key.endswith(f'|{kind}|{d}')]
                cells.append(' / '.join(
                    f'{sum(value[what] for value in some) / len(some):.{digits}f}'
                    for what, digits in (('border', 2), ('patches', 1),
                                         ('detail', 2), ('seconds', 1)))
                             if some else '')
            print(f'| {kind} {d} | ' + ' | '.join(cells) + ' |')


def main():
    """Fills and measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('tool')
    parser.add_argument('out')
    parser.add_argument('pictures', nargs='+')
    parser.add_argument('--only')
    parser.add_argument('--context', default=1.5, type=float)
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    path = os.path.join(options.out, 'fill.json')
    results = {}
    if os.path.exists(path):
        with open(path, encoding='utf-8') as file:
            results = json.load(file)
    tries = fillers(options.tool, options.context)
    tries['before'] = lambda source, mask, out: shutil.copy(source, out) and 0.0
    for picture in options.pictures:
        image = Image.open(picture).convert('RGB')
        scale = SIDE / min(image.size)
        image = image.resize([round(side * scale) for side in image.size],
                             Image.Resampling.LANCZOS)
        base = os.path.join(options.out, os.path.splitext(
            os.path.basename(picture))[0])
        image.save(base + '.png')
        for kind, d, mask in holes(image.size, np.random.default_rng(5)):
            case = f'{base}-{kind}-{d}'
            mask.save(case + '-mask.png')
            for name, fill in tries.items():
                key = f'{name}|{os.path.basename(base)}|{kind}|{d}'
                if key in results or (options.only and
                                      name not in options.only.split(',')):
                    continue
                out = f'{case}-{name}.png'
                took = fill(base + '.png', case + '-mask.png', out)
                results[key] = measure(out, mask, d) | {'seconds': took}
                with open(path, 'w', encoding='utf-8') as file:
                    json.dump(results, file, indent=1)
    table(results)


if __name__ == '__main__':
    main()
