# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures with noise and what they are without it, for restore.py and
restore_rivals.py; files in and out, and how near two pictures are."""

import math
import os
import sys
from dataclasses import dataclass

import numpy as np
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '../tool'))
import tiff  # noqa: E402  pylint: disable=wrong-import-position

SIGMAS = (15, 25, 50)
QUALITIES = (10, 20, 30, 40)
KODAK_SIDE = 500              # as core/training/evaluate.py has it
REDUCTION = 4


@dataclass
class Case:
    """noisy, clean: [height, width, 3] in 0 .. 255.  path: a file of the noisy
    one, as the program gets it."""
    row: str
    name: str
    noisy: np.ndarray
    clean: np.ndarray
    path: str


def read(path):
    """[height, width, 3] in 0 .. 255."""
    return np.asarray(Image.open(path).convert('RGB'), np.float32)


def levels(x):
    """The nearest values of 8 bits."""
    return np.clip(np.rint(x), 0, 255).astype(np.uint8)


def write_png(path, x):
    Image.fromarray(levels(x)).save(path, compress_level=1)


def write_float(path, x):
    """A TIFF file of 32-bit float, values beyond the range and all."""
    height, width, _ = x.shape
    tiff.write(path, (width, height), (x / 255).astype('<f4').tobytes(),
               tiff.RGB, 32, 3,
               [(tiff.SAMPLE_FORMAT, tiff.SHORT, [tiff.FLOAT] * 3)])


def read_float(path):
    """The same back; alpha is left out."""
    tags, data = tiff.read(path)
    shape = tags[tiff.HEIGHT][0], tags[tiff.WIDTH][0], tags[tiff.CHANNELS][0]
    return np.frombuffer(data, '<f4').reshape(shape)[..., :3] * 255


def luminance(x):
    """Of ITU-R BT.601, as JFIF has it, not rounded."""
    return x @ np.array([0.299, 0.587, 0.114])


def chroma(x):
    """Both colour differences, of JFIF: 128 where there is no colour."""
    y = luminance(x)
    return 128 + np.stack([(x[..., 2] - y) / 1.772, (x[..., 0] - y) / 1.402])


def psnr(a, b):
    """In dB, of what a file of 8 bits would hold of both."""
    error = float(np.mean((np.clip(a, 0, 255) - np.clip(b, 0, 255)) ** 2))
    return 10 * math.log10(255 ** 2 / max(error, 1e-4))


def names(folder, ending):
    found = sorted(n for n in os.listdir(folder) if n.endswith(ending))
    if not found:
        raise SystemExit(f'{folder}: no {ending} files')
    return found


def kodak(folder, every=1, side=None):
    """(number, name, picture), optionally a square from the middle."""
    for number, name in enumerate(names(folder, '.png')):
        if number % every:
            continue
        x = read(os.path.join(folder, name))
        if side:
            top, left = ((n - side) // 2 for n in x.shape[:2])
            x = x[top:top + side, left:left + side]
        yield number, name, x


def white(args, as_float, sigmas=SIGMAS, every=1):
    """Kodak with white noise: neither clipped nor rounded in float files, as
    evaluate.py and most papers have it, or else as 8 bits hold it."""
    for number, name, clean in kodak(args.kodak, every, KODAK_SIDE):
        for sigma in sigmas:
            rng = np.random.default_rng([number, sigma])
            noise = rng.standard_normal(clean.shape, np.float32)
            noisy = clean + sigma * noise
            if as_float:
                path = os.path.join(args.scratch, 'noisy.tif')
                write_float(path, noisy)
            else:
                path = os.path.join(args.scratch, 'noisy.png')
                write_png(path, noisy)
                noisy = read(path)
            yield Case(str(sigma), name, noisy, clean, path)


def polyu(args, every=1):
    """Crops of the real-world noisy images of Xu et al. 2018 and the means of
    many shots of the same: every fourth in order of names comes first."""
    found = names(args.polyu, '_real.JPG')
    for name in sorted(found[::every], key=lambda n: found.index(n) % 4):
        path = os.path.join(args.polyu, name)
        yield Case('PolyU', name, read(path),
                   read(path.replace('_real.JPG', '_mean.JPG')), path)


def jpeg(args, grey, qualities=QUALITIES, every=1):
    """Kodak compressed by Pillow: colour at half the resolution (4:2:0), or
    the luminance alone."""
    for _, name, clean in kodak(args.kodak, every):
        image = Image.fromarray(levels(clean))
        if grey:
            image = image.convert('L')
            clean = np.asarray(image.convert('RGB'), np.float32)
        for quality in qualities:
            path = os.path.join(args.scratch, 'noisy.jpg')
            image.save(path, quality=quality, subsampling='4:2:0')
            yield Case(str(quality), name, read(path), clean, path)


def untouched(args, kind):
    """Pictures that there is nothing to do with: large ones reduced by the
    means of squares, and Kodak as it is."""
    if kind == 'large':
        for name in names(args.large, '.jpg'):
            image = Image.open(os.path.join(args.large, name)).convert('RGB')
            x = np.asarray(image.reduce(REDUCTION), np.float32)
            path = os.path.join(args.scratch, 'clean.png')
            write_png(path, x)
            yield Case('large', name, x, x, path)
    else:
        for _, name, x in kodak(args.kodak):
            yield Case('Kodak', name, x, x, os.path.join(args.kodak, name))


# Noise of known strength ---------------------------------------------


def to_linear(x):
    """Of sRGB, both in 0 .. 1."""
    x = np.clip(x, 0, 1)
    return np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)


def from_linear(x):
    x = np.clip(x, 0, 1)
    return np.where(x <= 0.0031308, 12.92 * x, 1.055 * x ** (1 / 2.4) - 0.055)


def demosaiced(x):
    """What bilinear interpolation makes of x [height, width, 3] seen through
    a Bayer mosaic, of red at the top left."""
    height, width, _ = x.shape
    rows, columns = np.indices((height, width)) % 2
    out = np.empty_like(x)
    for c, seen in enumerate((rows + columns == 0, rows != columns,
                              rows + columns == 2)):
        sums = []
        for plane in (x[..., c] * seen, seen.astype(x.dtype)):
            p = np.pad(plane, 1, 'reflect')
            p = p[:-2] + 2 * p[1:-1] + p[2:]
            sums.append(p[:, :-2] + 2 * p[:, 1:-1] + p[:, 2:])
        out[..., c] = np.where(seen, x[..., c], sums[0] / sums[1])
    return out


def sensor(x, rng, shot, read_noise):
    """x in linear light with the noise of a sensor: variance shot * x +
    read_noise ** 2."""
    deviation = np.sqrt(shot * x + read_noise ** 2)
    return x + deviation * rng.standard_normal(x.shape)


def known_noise(args, kind):
    """Files of 8 bits whose noise is known: clean is the picture that the same
    way leads to without noise and without compression."""
    for number, name, clean in kodak(args.kodak):
        rng = np.random.default_rng([number, 77])
        path = os.path.join(args.scratch, 'noisy.png')
        if kind == 'Poisson-Gaussian':
            noisy = clean + rng.standard_normal(clean.shape) * np.sqrt(
                0.01 * 255 * clean + 25)
            write_png(path, noisy)
        else:
            raw = to_linear(clean / 255)
            noisy = 255 * from_linear(demosaiced(
                sensor(raw, rng, 0.004, 0.01)))
            clean = 255 * from_linear(demosaiced(raw))
            path = os.path.join(args.scratch, 'noisy.jpg')
            Image.fromarray(levels(noisy)).save(path, quality=90,
                                                subsampling='4:2:0')
        yield Case(kind, name, read(path), clean, path)
