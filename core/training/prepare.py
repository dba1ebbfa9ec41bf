# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns a folder of photographs into what train.py reads: every photo at
several sizes, packed as bytes in one file, with an index beside it.  It also
packs the photos themselves into shards for a machine that has to be sent them.

    python3 prepare.py pack PHOTOS OUT           PHOTOS: a folder, or shards
    python3 prepare.py shards PHOTOS OUT [--quality Q] [--max-mb M]

Photos whose names begin with "sharp-" are whole in their finest detail: reduced
from larger files, and not compressed since then so that it shows.

OUT/pixels.bin holds H x W x 3 bytes per entry, one after another; OUT/index.npz
the arrays offset, height, width, label, weight, sharp (whole in its finest
detail) and degraded (made worse on purpose).
"""

import argparse
import io
import multiprocessing
import os
import sys
import tarfile

import numpy as np
from PIL import Image

# The picture of the demonstration; the network should not know it.
EXCLUDED = {'budgie-0014'}

# How often a photo is drawn: clean, varied photographs above book figures,
# paintings and pictures of space.
WEIGHTS = {
    'cid22': 3, 'pixls': 3, 'kaleido': 2, 'osbio': 2.5, 'food': 2,
    'aosc': 3, 'budgie': 3, 'elem': 3, 'fedora': 3, 'pop': 3, 'solus': 3,
    'umate': 3, 'ferrari': 1.5, 'osa': 1, 'osb': 1, 'osg': 0.6,
}

# Shorter sides per octave label, in pixels, and how often each octave is
# drawn.  Every photo gets two sizes of each, at a random place in the range.
OCTAVES = [
    (0, (64, 76), (76, 90), 0.14),
    (1, (91, 128), (128, 181), 0.20),
    (2, (182, 256), (256, 361), 0.26),
    (3, (362, 420), (448, 448), 0.40),
]
N_OCTAVES = len(OCTAVES)


def label_of(shorter):
    """The octave label of a picture by its shorter side in pixels."""
    return min(max(round(float(np.log2(shorter / 64))), 0), N_OCTAVES - 1)


def photos(source):
    """Yields (name, bytes) of the JPEG and PNG files of a folder, or of the
    shards in it, in the order of their names."""
    names = sorted(os.listdir(source))
    shards = [n for n in names if n.endswith('.tar')]
    for name in shards or names:
        path = os.path.join(source, name)
        if shards:
            with tarfile.open(path) as tar:
                for member in tar:
                    yield member.name, tar.extractfile(member).read()
        elif name.lower().endswith(('.jpg', '.jpeg', '.png', '.webp')):
            with open(path, 'rb') as f:
                yield name, f.read()


SHARP = 'sharp-'


def bare(name):
    """A photo's name without what says how it is kept."""
    return os.path.splitext(name)[0].removeprefix(SHARP)


def weight_of(name, size):
    """Of a photo: as its source asks, and more where there is more to see."""
    area = size[0] * size[1] / 2 ** 18
    source = bare(name).split('-')[0]
    return WEIGHTS.get(source, 1) * min(max(area, 1) ** 0.5, 3)


def degraded(image, rng):
    """Now and then a copy such as layers really are: grey, a little noisy,
    JPEG-compressed, or enlarged and therefore soft; else the image itself."""
    kind = rng.random()
    if kind < 0.03:
        return image.convert('L').convert('RGB')
    if kind < 0.055:
        noise = rng.normal(0, rng.uniform(1, 4),
                           (image.height, image.width, 3))
        return Image.fromarray(np.clip(
            np.asarray(image) + noise, 0, 255).round().astype(np.uint8))
    if kind < 0.095:
        buffer = io.BytesIO()
        image.save(buffer, 'JPEG', quality=int(rng.integers(50, 93)))
        return Image.open(buffer).convert('RGB')
    if kind < 0.135 and min(image.size) >= 362:
        part = rng.uniform(0.5, 0.8)
        w, h = (round(s * part) for s in image.size)
        x, y = (int(rng.integers(a - b + 1)) for a, b in
                zip(image.size, (w, h)))
        return image.resize(image.size, Image.BICUBIC,
                            (x, y, x + w, y + h))
    return image


def sizes(image, rng):
    """Yields (shorter side, label, share) of the copies to make.  Photos
    beyond the largest octave belong to it too, whole and once reduced."""
    shorter = min(image.size)
    for label, small, large, share in OCTAVES:
        drawn = []
        for low, high in (small, large):
            side = min(int(rng.integers(low, high + 1)), shorter)
            if label_of(side) == label and side not in drawn:
                drawn.append(side)
        if label == N_OCTAVES - 1 and shorter > large[1]:
            drawn = [shorter, round(shorter * rng.uniform(0.55, 0.85))]
        for side in drawn:
            yield side, label, share / len(drawn)


def copies(photo):
    """[(pixels, label, weight, sharp, degraded)] of (number, name, bytes,
    seed)."""
    number, name, data, seed = photo
    rng = np.random.default_rng((seed, number))
    image = Image.open(io.BytesIO(data)).convert('RGB')
    shorter, made = min(image.size), []
    for side, label, share in sizes(image, rng):
        size = [round(s * side / shorter) for s in image.size]
        copy = image if side == shorter else image.resize(size, Image.LANCZOS)
        changed = degraded(copy, rng)
        sharp = name.startswith(SHARP) or side <= 0.82 * shorter
        made.append((np.asarray(changed), label,
                     share * weight_of(name, image.size), sharp,
                     changed is not copy))
    return made


def pack(args):
    os.makedirs(args.out, exist_ok=True)
    rows, offset, count = [], 0, 0
    source = ((number, name, data, args.seed)
              for number, (name, data) in enumerate(photos(args.photos))
              if bare(name) not in EXCLUDED)
    with (open(os.path.join(args.out, 'pixels.bin'), 'wb') as out,
          multiprocessing.Pool() as pool):
        for made in pool.imap(copies, source, 4):
            count += 1
            for pixels, label, weight, sharp, worse in made:
                out.write(pixels.tobytes())
                rows.append((offset, *pixels.shape[:2], label, weight, sharp,
                             worse))
                offset += pixels.size
    if not rows:
        sys.exit(f'{args.photos}: no photos')
    names = ('offset', 'height', 'width', 'label', 'weight', 'sharp',
             'degraded')
    kinds = (np.int64, np.int32, np.int32, np.int8, float, bool, bool)
    np.savez(os.path.join(args.out, 'index.npz'),
             **{name: np.array(column, kind) for name, column, kind
                in zip(names, zip(*rows), kinds)})
    print(f'{count} photos, {len(rows)} pictures, {offset / 1e6:.0f} MB')


def shards(args):
    os.makedirs(args.out, exist_ok=True)
    limit, number, used, tar, total = args.max_mb * 10 ** 6, 0, 0, None, 0
    for name, data in photos(args.photos):
        if bare(name) in EXCLUDED:
            continue
        if args.quality:
            buffer = io.BytesIO()
            Image.open(io.BytesIO(data)).convert('RGB').save(
                buffer, args.format, quality=args.quality)
            data = min(data, buffer.getvalue(), key=len)
        cost = 512 + (len(data) + 511) // 512 * 512
        # A tar file is padded to a multiple of 10240 bytes at its end.
        if tar is None or used + cost + 20480 > limit:
            if tar:
                tar.close()
            tar = tarfile.open(os.path.join(
                args.out, f'photos-{number:02d}.tar'), 'w')
            number, used = number + 1, 0
        info = tarfile.TarInfo(name)
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
        used, total = used + cost, total + cost
    if tar is None:
        sys.exit(f'{args.photos}: no photos')
    tar.close()
    print(f'{number} shards, {total / 1e6:.1f} MB')


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    p = commands.add_parser('pack')
    p.add_argument('photos')
    p.add_argument('out')
    p.add_argument('--seed', type=int, default=0)
    p.set_defaults(run=pack)
    p = commands.add_parser('shards')
    p.add_argument('photos')
    p.add_argument('out')
    p.add_argument('--quality', type=int, default=0,
                   help='recompress at this quality; 0: leave the files')
    p.add_argument('--format', choices=('JPEG', 'WEBP'), default='WEBP')
    p.add_argument('--max-mb', type=float, default=30)
    p.set_defaults(run=shards)
    args = parser.parse_args()
    args.run(args)


if __name__ == '__main__':
    main()
