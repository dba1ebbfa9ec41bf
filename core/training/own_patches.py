#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variations of a photograph made of its own patches: the layer as its own
model.  A prototype, to be read and to measure with; own_patches.md says what
came of it.

  own_patches.py SOURCE RESULT.png [--strength 60] [--seed 0] [--side 512]
                 [--set NAME=VALUE ...] [--log]

At the coarsest of a pyramid of levels the picture is noised and goes back by
DDIM with the exact posterior mean of its patches as the estimate of x_0
(class Coarse).  Every finer level looks for the best match of each patch
near the coarser level's, and copies (Variations.finer).  Of several such
chains, at a level of about 97 px, seams are moved to where they show least
(cut, montages); or, with cut=0, the coarsest level is noised again where the
result is unlikely under the patches (healed, unlike_least).

Pictures are float32 [height, width, 3] in [-1, 1]; a field is int32 [rows,
columns, 2], for each patch of the result the place (y, x) of its match.
"""

import argparse
import ctypes
import math
import os
import subprocess
import tempfile

import numpy as np
from PIL import Image
from scipy.fft import dctn, idctn
from scipy.ndimage import gaussian_filter, maximum_filter, uniform_filter

DEFAULTS = dict(
    start=32,          # shorter side of the coarsest level, pixels
    ratio=.75,         # of a level's size to the next finer's, about
    coarse_patch=9,    # side of the coarsest level's patches
    patch=7,           # and of the finer ones'
    steps=16,          # of the chain
    layout=100.,       # prior of a vertical displacement: exp(-layout dy^2),
    layout_x=0.,       # a horizontal one; y and x from -1 to 1
    cap=30,            # rounds of bounding a patch's use
    slack=1.1,         # use that is allowed, of a patch's share
    passes=4,          # of search and vote at each finer level
    noise=.06,         # in them, falling
    blurred=1,         # passes that compare with the source as blurred
    vote_width=1.5,    # Gaussian of the vote, pixels; 0: all alike
    last_width=1.,     # in the last pass of all
    tear=.002,         # cost of a match that no neighbour shares
    use=.002,          # cost of a match that is used often,
    use_slack=1.3,     # from how often on
    lay=.001,          # layout's cost at finer levels, of `layout`
    anywhere=1,        # matches tried anywhere, each pass
    hold=.003,         # of the result against its blended differences
    edge=.2,           # difference that is an edge, not to be blended
    judge=4,           # level at which a result is judged
    again=.5,          # unlikeliness of singular figures that are repeated
    worst=.1,          # weight of the worst 2 %
    wish=1.,           # for what is new, as long as it is too little
    excess=.2,         # badness of what is new beyond that
    near=.15,          # displacements up to that share of the shorter side,
                       # of more than 15 % of the picture, are not new,
    warp=.05,          # nor are any up to that
    search=5,          # rounds of looking for the noise that fits strength
    tries=3,           # and chains at that
    heal=24,           # rounds of healing
    heal_noise=.8,     # noise that they use at least
    heal_steps=10,
    heal_places=4,
    heal_size=.22,     # radius, of the height
    heal_use=1.,       # prior against matches that the surroundings use
    cut=1,             # seams by minimum cuts at the level of judgement
    cut_rounds=3,      # of expansions
    cut_again=1,       # times that repeats are looked for,
    cut_repeat=1.5,    # and their cost, for an RMS difference of 1
    cut_labels=160,    # displacements at most,
    cut_least=4,       # that so many pixels have,
    cut_reach=.4,      # so far from there, of the shorter side
    cut_keep=.6,       # cost of a difference from what was there (RMS of 1),
    cut_most=.2,       # up to that difference,
    cut_trust=.12,     # and less where the result is as unlikely as that
    cut_seam=1.,       # of a difference of 1 at a seam
    cut_slack=.3,      # (of a smaller one less)
    cut_slope=1.,      # the weight of gradients in it
    cut_guard=20.,     # and how much more an edge or a thin thing costs
    cut_corner=.02,    # of a seam, by its length
    cut_chains=11,     # chains that are cut, by one round,
    cut_best=3,        # and those of them that other values of cut_keep serve
    cut_worst=.02,     # badness of the worst place of the seams,
    cut_twice=2.,      # of singular figures that are repeated,
    cut_wish=.5,       # of what is new being too little,
    cut_part=.4)       # without what one displacement has beyond that share

# Share of blocks that are to be new, over strength.
STRENGTHS = (0, .2, .4, .6, .8, 1)
NOVELTY = (0, .05, .13, .30, .52, .78)
CUT_NOVELTY = (0, .07, .18, .37, .58, .8)
BLOCK = 32
CHANGED = 12       # RMS difference of a block, of 255

_library = None


class _Search(ctypes.Structure):
    _fields_ = (
        [(n, ctypes.c_void_p) for n in ('query', 'key', 'bias')]
        + [(n, ctypes.c_long) for n in ('rows', 'columns', 'key_rows',
                                        'key_columns', 'side')]
        + [(n, ctypes.c_float) for n in ('layout_y', 'layout_x', 'tearing')])


class _Cut(ctypes.Structure):
    _fields_ = (
        [(n, ctypes.c_void_p) for n in ('features', 'guard', 'labels',
                                        'data')]
        + [(n, ctypes.c_long) for n in ('height', 'width', 'source_height',
                                        'source_width', 'channels',
                                        'n_labels')]
        + [(n, ctypes.c_float) for n in ('seam', 'slack', 'corner')])


def library():
    """own_patches.c, built for this machine"""
    global _library
    if _library is None:
        here = os.path.dirname(os.path.abspath(__file__))
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'own_patches.so')
            subprocess.run(['cc', '-O3', '-march=native', '-ffast-math',
                            '-shared', '-fPIC', '-o', path,
                            os.path.join(here, 'own_patches.c')], check=True)
            _library = ctypes.CDLL(path)
        p, n = ctypes.c_void_p, ctypes.c_long
        _library.search.argtypes = [ctypes.POINTER(_Search), p, p, p, p, n, p,
                                    n, n, ctypes.c_uint64]
        _library.search.restype = None
        _library.vote.argtypes = [p, n, p, n, n, n, p, p, p]
        _library.vote.restype = None
        _library.cut.argtypes = [ctypes.POINTER(_Cut), p, n]
        _library.cut.restype = n
        _library.seams.argtypes = [ctypes.POINTER(_Cut), p, p]
        _library.seams.restype = None
    return _library


def _as(array, kind):
    return np.ascontiguousarray(array, kind)


def find(query, key, field, side, *, bias=None, layout=(0, 0), tearing=0.,
         jumps=(1, 3), reaches=(2, 6), anywhere=0, seed=0):
    """One pass of search from `field`: (field, costs), a cost being the mean
    squared difference of a patch and its match, with what bias [key rows, key
    columns], layout and tearing add."""
    rows, columns = (n - side + 1 for n in query.shape[:2])
    key_rows, key_columns = (n - side + 1 for n in key.shape[:2])
    if bias is None:
        bias = np.zeros((key_rows, key_columns), np.float32)
    query, key, bias = (_as(v, np.float32) for v in (query, key, bias))
    field = _as(field, np.int32)
    found, costs = np.empty_like(field), np.empty((rows, columns), np.float32)
    jumps, reaches = (np.array(v, np.int32) for v in (jumps, reaches))
    s = _Search(query.ctypes.data, key.ctypes.data, bias.ctypes.data, rows,
                columns, key_rows, key_columns, side, *layout, tearing)
    library().search(ctypes.byref(s), field.ctypes.data, found.ctypes.data,
                     costs.ctypes.data, jumps.ctypes.data, len(jumps),
                     reaches.ctypes.data, len(reaches), anywhere, seed)
    return found, costs


def vote(source, field, side, width):
    """The picture in which each pixel is the mean of what the patches over it
    put there, weighted by a Gaussian of their distance (width in pixels; 0:
    equally)."""
    rows, columns = field.shape[:2]
    out = np.zeros((rows + side - 1, columns + side - 1, 3), np.float32)
    total = np.zeros(out.shape[:2], np.float32)
    r = np.arange(side) - side // 2
    bell = np.exp(-r * r / (2 * width * width)) if width else np.ones(side)
    weights = _as(bell[:, None] * bell, np.float32)
    source, field = _as(source, np.float32), _as(field, np.int32)
    library().vote(source.ctypes.data, source.shape[1], field.ctypes.data,
                   rows, columns, side, weights.ctypes.data, out.ctypes.data,
                   total.ctypes.data)
    return out


# Costs are integers in cut: so many are a cost of 1.
UNIT = 4096


def cut(features, guard, labels, data, start, *, seam, slack,
        corner, rounds):
    """(map [h, w], what its seams cost [h, w]): which of labels [n, 2]
    (displacements) each pixel has, from `start` [h, w] on, where data [n, h,
    w] (negative: not allowed) and the seams, compared by features [sh, sw,
    channels] and dearer by guard [sh, sw, 3], a tensor, cost little
    together."""
    features, guard = _as(features, np.float32), _as(guard, np.float32)
    labels, found = _as(labels, np.int32), _as(start, np.int32).copy()
    data = _as(np.round(data * UNIT), np.int32)
    c = _Cut(features.ctypes.data, guard.ctypes.data, labels.ctypes.data,
             data.ctypes.data, *found.shape, *features.shape, len(labels),
             seam * UNIT, slack, corner * UNIT)
    if library().cut(ctypes.byref(c), found.ctypes.data, rounds) < 0:
        raise MemoryError('cut: no memory')
    costs = np.zeros_like(found)
    library().seams(ctypes.byref(c), found.ctypes.data, costs.ctypes.data)
    return found, costs / np.float32(UNIT)


def resized(x, height, width):
    """[h, w, 3] or [h, w], bicubic, averaged where it shrinks"""
    if x.shape[:2] == (height, width):
        return x
    if x.ndim == 2:
        return np.asarray(Image.fromarray(_as(x, np.float32)).resize(
            (width, height), Image.BICUBIC))
    return np.stack([resized(x[..., c], height, width) for c in range(3)], 2)


def read(path, side=None):
    """[h, w, 3], reduced to a shorter side of `side`"""
    image = Image.open(path).convert('RGB')
    if side and min(image.size) > side:
        scale = side / min(image.size)
        image = image.resize((round(image.width * scale),
                              round(image.height * scale)), Image.LANCZOS)
    return np.asarray(image).astype(np.float32) / 127.5 - 1


def write(x, path):
    Image.fromarray(((x + 1) * 127.5).round().clip(0, 255).astype(
        np.uint8)).save(path)


def abar(t):
    """the signal's share of the variance at time t of 1 (cosine schedule)"""
    return math.cos((t + .008) / 1.008 * math.pi / 2) ** 2


def grid(rows, columns):
    """[rows, columns, 2]: every place's own (y, x)"""
    return np.stack(np.mgrid[:rows, :columns], 2)


def windows(x, side):
    """[patches, side * side * 3]"""
    v = np.lib.stride_tricks.sliding_window_view(x, (side, side), (0, 1))
    return _as(v.transpose(0, 1, 3, 4, 2), np.float32).reshape(
        v.shape[0] * v.shape[1], -1)


def averaged(p, rows, columns, side, some=None):
    """Each pixel's mean over the patches p [rows * columns, ...] that cover
    it; over those in `some` [rows * columns] alone, if given."""
    p = p.reshape(rows, columns, side, side, 3)
    one = (np.ones((rows, columns, 1), np.float32) if some is None
           else some.reshape(rows, columns, 1).astype(np.float32))
    out = np.zeros((rows + side - 1, columns + side - 1, 3), np.float32)
    count = np.zeros(out.shape[:2] + (1,), np.float32)
    for j in range(side):
        for i in range(side):
            out[j:j + rows, i:i + columns] += one * p[:, :, j, i]
            count[j:j + rows, i:i + columns] += one
    return out / np.maximum(count, 1)


def touched(mask, side):
    """[rows, columns]: whether a patch has a pixel of mask"""
    return np.lib.stride_tricks.sliding_window_view(
        mask, (side, side)).any((2, 3))


def uses(field, rows, columns, reach):
    """how often each patch of the source is used, of its share, averaged over
    `reach` places"""
    count = np.bincount(field[..., 0].ravel() * columns
                        + field[..., 1].ravel(), minlength=rows * columns)
    count = count.reshape(rows, columns).astype(np.float32)
    return (uniform_filter(count, reach, mode='nearest')
            * (rows * columns / field[..., 0].size))


def carried(field, rows, columns, iy, ix, scale=(1, 1)):
    """A field of rows x columns whose places have the displacements, times
    scale, that `field` has at rows iy and columns ix."""
    far = (field[iy][:, ix] - np.stack(np.broadcast_arrays(
        iy[:, None], ix[None]), 2)) * scale
    return (grid(rows, columns) + far.round()).clip(
        0, (rows - 1, columns - 1)).astype(np.int32)


def enlarged(field, before, after, side):
    """the field of a picture of size `before` for one of size `after`"""
    rows, columns = (n - side + 1 for n in after)
    at = [((np.arange(n) + side / 2) * b / a - side / 2).round().astype(int)
          .clip(0, last - 1) for n, b, a, last in
          zip((rows, columns), before, after, field.shape)]
    return carried(field, rows, columns, *at,
                   scale=(after[0] / before[0], after[1] / before[1]))


def blocks(x, source):
    """RMS difference of blocks of BLOCK pixels, of 255"""
    d = ((x - source) * 127.5) ** 2
    h, w = d.shape[0] // BLOCK, d.shape[1] // BLOCK
    return d[:h * BLOCK, :w * BLOCK].mean(2).reshape(
        h, BLOCK, w, BLOCK).mean((1, 3)) ** .5


def moved(field, near):
    """share, above 15 %, of the largest part that is the source displaced by
    less than `near` as a whole"""
    far = field - grid(*field.shape[:2])
    n = int(near) + 1
    dy, dx = far[(abs(far) < n).all(2)].T
    count = np.zeros((2 * n + 1, 2 * n + 1))
    np.add.at(count, (dy + n, dx + n), 1)
    count[n - 1:n + 2, n - 1:n + 2] = 0
    most = uniform_filter(count, 3, mode='constant').max() * 9
    return max(0, most / far[..., 0].size - .15)


def outline(source, slope):
    """(features, guard) of a picture for cut: colours and differences, and
    the tensor (yy, xx, xy) of edges and thin things, 0 to 1"""
    dy, dx = np.gradient(source, axis=(0, 1))
    features = np.concatenate([source, slope * dy, slope * dx], 2)
    yy, xx, xy = (gaussian_filter((a * b).sum(2), 1.2)
                  for a, b in ((dy, dy), (dx, dx), (dy, dx)))
    apart = np.sqrt((yy - xx) ** 2 + 4 * xy ** 2)
    coherent = (apart / (yy + xx + 1e-4)) ** 2
    strong = coherent / (yy + xx + .03)
    return features, np.stack([yy, xx, xy], 2) * strong[..., None]


def pixels(field, height, width):
    """[height, width, 2]: the displacement of the patch round each pixel"""
    iy, ix = ((np.arange(n) - (n - m) // 2).clip(0, m - 1)
              for n, m in zip((height, width), field.shape))
    return field[iy][:, ix] - np.stack(np.broadcast_arrays(
        iy[:, None], ix[None]), 2)


def copied(source, far):
    """[h, w, 3] of the source's pixels displaced by far [h, w, 2]"""
    p = grid(*far.shape[:2]) + far
    return source[p[..., 0].clip(0, source.shape[0] - 1),
                  p[..., 1].clip(0, source.shape[1] - 1)]


def blended(x, source, field, hold, edge):
    """The picture nearest to x (weight `hold`) and to the source's own
    differences between neighbouring pixels: no steps where two areas meet
    that neither has an edge at.  Where they differ by more than about `edge`,
    and two pixels round that, x's differences stay: the vote has mixed
    both sides of an edge there.  hold is for a shorter side of 512 pixels."""
    height, width = x.shape[:2]
    hold = hold * (512 / min(height, width)) ** 2
    p = grid(height, width) + pixels(field, height, width)

    def at(dy, dx):
        return source[(p[..., 0] + dy).clip(0, source.shape[0] - 1),
                      (p[..., 1] + dx).clip(0, source.shape[1] - 1)]

    def differences(dy, dx):
        low = np.s_[:height - dy, :width - dx]
        high = np.s_[dy:, dx:]
        here, after, before = at(0, 0), at(dy, dx), at(-dy, -dx)
        g = (after[low] - here[low] + here[high] - before[high]) / 2
        apart = ((after[low] - here[high]) ** 2
                 + (here[low] - before[high]) ** 2).mean(2) / 2
        apart = np.lib.stride_tricks.sliding_window_view(
            np.pad(apart, 2), (5, 5)).max((2, 3))[..., None]
        w = np.exp(-apart / edge ** 2)
        return w * g + (1 - w) * (x[high] - x[low])

    gy, gx = differences(1, 0), differences(0, 1)
    right = hold * x
    right[:, :-1] -= gx
    right[:, 1:] += gx
    right[:-1] -= gy
    right[1:] += gy
    left = hold + sum((2 - 2 * np.cos(np.pi * np.arange(n) / n)).reshape(s)
                      for n, s in ((height, (-1, 1)), (width, (1, -1))))
    return np.stack([idctn(dctn(right[..., c], norm='ortho') / left,
                           norm='ortho') for c in range(3)],
                    2).astype(np.float32)


class Coarse:
    """The coarsest level: exact posterior means of its picture's patches."""

    def __init__(self, picture, options):
        self.o, self.side = options, options['coarse_patch']
        self.rows, self.columns = (n - self.side + 1
                                   for n in picture.shape[:2])
        self.patches = windows(picture, self.side)
        self.norms = (self.patches ** 2).sum(1)
        y, x = (v.ravel() for v in np.meshgrid(
            np.linspace(-1, 1, self.rows), np.linspace(-1, 1, self.columns),
            indexing='ij'))
        self.prior = (-options['layout'] * (y[:, None] - y) ** 2
                      - options['layout_x'] * (x[:, None] - x) ** 2
                      ).astype(np.float32)

    def mean(self, noisy, a, some=None, bias=0):
        """(estimate of x_0, field) of `noisy`, whose signal has the share `a`
        of the variance; of the patches in `some` alone, if given.  Without
        `some` no patch is used more than `slack` times its share."""
        g = a / (2 * (1 - a) + 1e-4)
        y, prior = windows(noisy, self.side) / a ** .5, self.prior
        if some is not None:
            y, prior = y[some], prior[some]
        w = (y @ self.patches.T) * (2 * g) - g * self.norms + prior + bias
        w -= w.max(1, keepdims=True)
        w = np.exp(np.maximum(w, -45))    # no denormal numbers: they are slow
        if some is None:
            e, tiny = np.ones(len(self.patches), np.float32), 1e-30
            for _ in range(self.o['cap']):
                total = (1 / np.maximum(w @ e, tiny)) @ w * e
                e = np.minimum(e * self.o['slack']
                               / np.maximum(total, tiny), 1)
            w *= e
        w /= np.maximum(w.sum(1, keepdims=True), 1e-30)
        best, means = w.argmax(1), w @ self.patches
        if some is not None:
            full = np.zeros((len(some), means.shape[1]), np.float32)
            full[some], means = means, full
            every = np.zeros(len(some), int)
            every[some], best = best, every
        return (averaged(means, self.rows, self.columns, self.side, some),
                np.stack(np.divmod(best, self.columns), 1).reshape(
                    self.rows, self.columns, 2))

    def chain(self, x, t, rng, steps, mask=None, field=None, start=None):
        """(picture, field): x noised to time t and gone back.  With a mask
        only there, from `start`, x with its `field` being held round it."""
        noise = rng.standard_normal(x.shape).astype(np.float32)
        a, some, bias = abar(t), None, 0
        y = a ** .5 * (x if start is None else start) + (1 - a) ** .5 * noise
        if mask is not None:
            some = touched(mask, self.side).ravel()
            held = field.reshape(-1, 2)[~some]
            count = np.bincount(held[:, 0] * self.columns + held[:, 1],
                                minlength=len(some))
            bias = -self.o['heal_use'] * np.log1p(uniform_filter(
                count.reshape(self.rows, self.columns).astype(np.float32),
                self.side, mode='nearest')).ravel()
        for i in range(steps):
            a, b = abar(t * (1 - i / steps)), abar(t * (1 - (i + 1) / steps))
            x0, found = self.mean(y, a, some, bias)
            if mask is not None:
                x0 = np.where(mask[..., None], x0, x)
            if i + 1 < steps:
                y = b ** .5 * x0 + ((1 - b) / (1 - a)) ** .5 * (y - a ** .5
                                                                * x0)
                if mask is not None:
                    y = np.where(mask[..., None], y,
                                 b ** .5 * x + (1 - b) ** .5 * noise)
        if mask is not None:
            found = np.where(some.reshape(self.rows, self.columns, 1), found,
                             field)
        return x0, found.astype(np.int32)


class State:
    """A result at the coarsest level (coarse, its field) and what it has
    become at the level of judgement: picture, field, each pixel's
    unlikeliness there and the share of blocks that are new."""

    def __init__(self, coarse, coarse_field, picture, field, unlike, new):
        self.coarse, self.coarse_field = coarse, coarse_field
        self.picture, self.field = picture, field
        self.unlike, self.new = unlike, new


class Variations:
    """of `source`, with changes of DEFAULTS"""

    def __init__(self, source, **changes):
        self.o = o = dict(DEFAULTS, **changes)
        self.source, short = source, min(source.shape[:2])
        n = max(1, round(math.log(short / o['start'])
                         / -math.log(o['ratio'])))
        sizes = [[round(side * (o['start'] / short) ** (1 - i / n))
                  for side in source.shape[:2]] for i in range(n + 1)]
        self.levels = [resized(source, *size) for size in sizes]
        self.blurred = [None] + [resized(level, *size) for level, size in
                                 zip(self.levels, sizes[1:])]
        self.coarse, self.judge = Coarse(self.levels[0], o), min(o['judge'], n)
        self.single = self.singular()

    def singular(self):
        """mean squared difference of each patch of the level of judgement
        and the likest one elsewhere"""
        side, picture = self.o['patch'], self.levels[self.judge]
        q = windows(picture, side)
        rows, columns = (n - side + 1 for n in picture.shape[:2])
        norms, least = (q ** 2).sum(1), np.empty(len(q), np.float32)
        y, x = np.divmod(np.arange(len(q)), columns)
        for i in range(0, len(q), 512):
            s = slice(i, i + 512)
            d = norms[s, None] + norms - 2 * q[s] @ q.T
            d[(abs(y[s, None] - y) < side) & (abs(x[s, None] - x) < side)] \
                = np.inf
            least[s] = d.min(1)
        return (least / q.shape[1]).clip(0).reshape(rows, columns)

    def finer(self, x, field, rng, first, last):
        """x and field, of level first - 1, carried on to level `last`"""
        o, side = self.o, self.o['patch']
        for level in range(first, last + 1):
            source, size = self.levels[level], self.levels[level].shape[:2]
            field = enlarged(field, self.levels[level - 1].shape[:2], size,
                             side)
            x = resized(x, *size)
            bias = np.zeros(field.shape[:2], np.float32)
            for k in range(o['passes']):
                query, key = x, self.blurred[level]
                if k >= o['blurred']:
                    key = source
                    query = x + (o['noise'] * (1 - k / o['passes'])
                                 * rng.standard_normal(x.shape))
                field, _ = find(query, key, field, side, bias=bias,
                                layout=(o['lay'] * o['layout'],
                                        o['lay'] * o['layout_x']),
                                tearing=o['tear'], anywhere=o['anywhere'],
                                seed=int(rng.integers(1 << 40)))
                often = uses(field, *bias.shape, 2 * side - 1)
                bias += o['use'] * np.log((often / o['use_slack']).clip(1))
                end = (level + 1 == len(self.levels)
                       and k + 1 == o['passes'])
                x = vote(source, field, side,
                         o['last_width'] if end else o['vote_width'])
        return x, field

    def cut(self, x, field, level, unlike, keep, rounds, again=0):
        """(displacements [h, w, 2], what their seams cost [h, w]) that show
        about what x does, with seams where they show least.  unlike [h, w] is
        each pixel's mean squared distance to the nearest patch; keep, rounds
        and again as the options"""
        o, source, (h, w) = self.o, self.levels[level], x.shape[:2]
        far, short = pixels(field, h, w), min(h, w)
        keys, at, counts = np.unique(
            (far[..., 0] + h) * 4 * w + far[..., 1] + w, return_inverse=True,
            return_counts=True)
        order = np.argsort(-counts, kind='stable')[:o['cut_labels']]
        order = order[counts[order] >= o['cut_least']]
        order = order[np.isin(keys[order], [    # nor is it nearly the source
            (dy + h) * 4 * w + dx + w for dy in (-1, 0, 1)
            for dx in (-1, 0, 1) if dy or dx], invert=True)]
        labels = np.stack(np.divmod(keys[order], 4 * w), 1) - (h, w)
        if not (labels == 0).all(1).any():
            labels = np.concatenate([labels, [[0, 0]]])
        inverse = np.full(len(keys), -1)
        inverse[order] = np.arange(len(order))
        own = inverse[at.reshape(h, w)]
        reach = 2 * round(o['cut_reach'] * short) + 1
        trust = keep * np.exp(-unlike.clip(0) / o['cut_trust'] ** 2)
        p, data = grid(h, w), np.empty((len(labels), h, w), np.float32)
        for i, label in enumerate(labels):
            q = p + label
            inside = ((q >= 0) & (q < source.shape[:2])).all(2)
            d = ((x - copied(source, np.broadcast_to(label, p.shape))) ** 2
                 ).mean(2)
            d = trust * np.sqrt(uniform_filter(d, 5).clip(
                0, o['cut_most'] ** 2))
            near = maximum_filter(own == i, reach)
            if not label.any():
                near |= own < 0
            data[i] = np.where(inside & near, d, -1)
        zero = int(np.flatnonzero((labels == 0).all(1))[0])
        nothing = (data < 0).all(0)
        data[zero][nothing] = keep * o['cut_most']
        start = np.where(data < 0, np.inf, data).argmin(0)
        start = np.where((own >= 0) & (np.take_along_axis(
            data, own[None].clip(0), 0)[0] >= 0), own, start)
        features, guard = outline(source, o['cut_slope'])
        found = start
        for k in range(1 + again):
            if k:
                data[data >= 0] += o['cut_repeat'] * self.repeats(
                    found, labels, level)[data >= 0]
            found, seams = cut(
                features, o['cut_guard'] * guard, labels, data, found,
                seam=o['cut_seam'], slack=o['cut_slack'],
                corner=o['cut_corner'], rounds=rounds)
        return labels[found], seams

    def montage(self, far, shape, level):
        """(picture, field of that shape) of displacements far [h, w, 2]"""
        (rows, columns), half = shape, (far.shape[0] - shape[0]) // 2
        field = (grid(rows, columns)
                 + far[half:half + rows, half:half + columns]).clip(
            0, (rows - 1, columns - 1)).astype(np.int32)
        return copied(self.levels[level], far).astype(np.float32), field

    def changed(self, far):
        """share of blocks that differ from the source, with displacements far
        [h, w, 2], and are displaced by more than a little"""
        (h, w), size = far.shape[:2], self.source.shape[:2]
        iy, ix = (np.arange(n) * m // n for n, m in zip(size, (h, w)))
        wide = (far * (size[0] / h)).round().astype(int)[iy][:, ix]
        differ = blocks(copied(self.source, wide), self.source) > CHANGED
        away = np.hypot(*np.moveaxis(far, 2, 0)) > self.o['warp'] * min(h, w)
        away = np.asarray(Image.fromarray(away.astype(np.float32)).resize(
            differ.shape[::-1], Image.BOX))
        return (differ & (away > .4)).mean()

    def doubtful(self, far, seams, aim):
        """(badness of displacements far [h, w, 2] with seams that cost seams
        [h, w] at the level of judgement, the share that is new)"""
        o, (sh, sw) = self.o, self.levels[self.judge].shape[:2]
        y, x = np.moveaxis(grid(*far.shape[:2]) + far, 2, 0)
        count = np.bincount((y * sw + x).ravel(), minlength=sh * sw)
        single = resized(self.single.clip(0) ** .5, sh, sw)
        twice = ((count.reshape(sh, sw)[y, x] > 1) * single[y, x]).mean()
        new = self.changed(far)
        moved_by, counts = np.unique(far.reshape(-1, 2), axis=0,
                                     return_counts=True)
        share = counts[moved_by.any(1)].max(initial=0) / counts.sum()
        new -= max(0, share - o['cut_part'])
        return (seams.mean()
                + o['cut_worst'] * gaussian_filter(seams, 3).max()
                + o['cut_twice'] * twice + o['cut_wish'] * max(0, aim - new),
                new)

    def repeats(self, found, labels, level):
        """[n, h, w]: for each label how singular what it shows is, where
        another label shows the same, and more of what lies round it"""
        (h, w), (sh, sw) = found.shape, self.levels[level].shape[:2]
        used = np.unique(found)
        p = grid(h, w)
        shown = np.zeros((len(used), sh, sw), np.float32)
        for n, i in enumerate(used):
            y, x = np.moveaxis((p + labels[i])[found == i], 1, 0)
            shown[n, y, x] = 1
        several = shown.sum(0) > 1
        whole = shown * np.stack([uniform_filter(
            m, 2 * (min(sh, sw) // 12) + 1, mode='constant') for m in shown])
        best = whole.argmax(0)
        single = resized(self.single.clip(0) ** .5, sh, sw)
        out = np.zeros((len(labels), h, w), np.float32)
        for n, i in enumerate(used):
            lost = np.where(several & (shown[n] > 0) & (best != n), single, 0)
            lost = maximum_filter(lost, 5)
            q = p + labels[i]
            inside = ((q >= 0) & (q < (sh, sw))).all(2)
            out[i][inside] = lost[q[inside][:, 0], q[inside][:, 1]]
        return out

    def judged(self, coarse, coarse_field, seed):
        """the State of a result of the coarsest level"""
        o, side, half = self.o, self.o['patch'], self.o['patch'] // 2
        d = self.coarse.side // 2 - half
        rows, columns = (n - side + 1 for n in coarse.shape[:2])
        small = carried(coarse_field, rows, columns, *(
            (np.arange(n) - d).clip(0, m - 1)
            for n, m in zip((rows, columns), coarse_field.shape)))
        x, field = self.finer(coarse, small, np.random.default_rng(seed), 1,
                              self.judge)
        source, size = self.levels[self.judge], x.shape[:2]
        near = field
        for _ in range(2):
            near, cost = find(x, source, near, side, jumps=(1, 4),
                              reaches=(2, 8), anywhere=4, seed=1)
        often = uses(near, *self.single.shape, side)
        again = (self.single * (often - 1).clip(0, 1.5))[near[..., 0],
                                                         near[..., 1]]
        unlike = np.pad(cost + o['again'] * again, half, mode='edge')
        return State(coarse, coarse_field, x, field, unlike,
                     self.novelty(near, size))

    def novelty(self, field, size):
        """share of blocks that are new, with the field of a picture of that
        size, smaller than the source"""
        o, side = self.o, self.o['patch']
        full = vote(self.source, enlarged(field, size, self.source.shape[:2],
                                          side), side, 1.)
        far = np.hypot(*np.moveaxis(field - grid(*field.shape[:2]), 2, 0))
        changed = blocks(full, self.source) > CHANGED
        far = np.asarray(Image.fromarray(
            (far > o['warp'] * min(far.shape)).astype(np.float32)).resize(
                changed.shape[::-1], Image.BOX))
        return max(0, (changed & (far > .4)).mean()
                   - moved(field, o['near'] * min(size)))

    def unlikely(self, state):
        """one number: the mean RMS difference of patches and the nearest of
        the source, and something of the worst"""
        rms = state.unlike.clip(0) ** .5
        return float(rms.mean() + self.o['worst'] * np.percentile(rms, 98))

    def badness(self, state, aim):
        return (self.unlikely(state)
                + self.o['wish'] * max(0, aim - state.new)
                + self.o['excess'] * max(0, state.new - aim - .05))

    def places(self, weight, rng):
        """[h, w]: 1, 2, ... in ellipses where weight is large, 0 outside"""
        o, (h, w) = self.o, weight.shape
        yy, xx = np.mgrid[:h, :w]
        chance, marks = weight * rng.random(weight.shape), np.zeros((h, w),
                                                                    int)
        for n in range(1, o['heal_places'] + 1):
            cy, cx = np.unravel_index(chance.argmax(), (h, w))
            ry, rx = o['heal_size'] * (.6 + .8 * rng.random(2)) * h
            inside = ((yy - cy) / ry) ** 2 + ((xx - cx) / rx) ** 2 < 1
            if (marks[inside] > 0).any():
                continue
            marks[inside] = n
            chance[((yy - cy) / (ry + h * .3)) ** 2
                   + ((xx - cx) / (rx + h * .3)) ** 2 < 1] = 0
        return marks

    def proposed(self, state, marks, way, short, rng):
        """The coarsest picture with something else in the marked places: what
        lies beside them going on there (way 1; if the result has changed too
        little, what lies elsewhere in the same rows), or the source (2)."""
        picture, (h, w) = state.coarse.copy(), marks.shape
        rows, columns = state.coarse_field.shape[:2]
        for n in range(1, marks.max() + 1):
            iy, ix = np.nonzero(marks == n)
            dy = dx = 0
            if way == 1 and short:
                dx = int(rng.integers(-ix.min(), w - ix.max()))
            elif way == 1:
                angle = rng.random() * 2 * np.pi
                far, half = self.o['heal_size'] * h, self.coarse.side // 2
                y = int(np.clip(iy.mean() + far * np.sin(angle) - half, 0,
                                rows - 1))
                x = int(np.clip(ix.mean() + far * np.cos(angle) - half, 0,
                                columns - 1))
                dy, dx = state.coarse_field[y, x] - (y, x)
            picture[iy, ix] = self.levels[0][(iy + dy).clip(0, h - 1),
                                             (ix + dx).clip(0, w - 1)]
        return picture

    def healed(self, state, t, rng, aim, log):
        """Places where the result is unlikely, or any while too little is
        new, are noised again and gone back with what is round them held.
        What makes the whole better is kept."""
        o, side, size = self.o, self.coarse.side, state.coarse.shape[:2]
        for r in range(o['heal']):
            short = state.new < aim - .02
            way = r % 2 if short else r % 3
            marks = self.places(
                np.ones(size) if short else resized(
                    state.unlike.clip(0) ** .5, *size) ** 2, rng)
            start, noise = None, min(.98, t * (.75 + .3 * rng.random()))
            if way:
                start = self.proposed(state, marks, way, short, rng)
                noise = .35 + .3 * rng.random()
            x, f = self.coarse.chain(state.coarse, noise, rng,
                                     o['heal_steps'], marks > 0,
                                     state.coarse_field, start)
            whole = marks > 0
            for which in [whole] + [marks == n
                                    for n in range(1, marks.max() + 1)]:
                other = self.judged(
                    np.where(which[..., None], x, state.coarse),
                    np.where(touched(which, side)[..., None], f,
                             state.coarse_field), r)
                if self.badness(other, aim) < self.badness(state, aim):
                    state = other
                    if which is whole:
                        break
            if log:
                log(f'  healing {r}: unlikely {self.unlikely(state):.4f},'
                    f' {100 * state.new:.0f} % new')
        return state

    def searched(self, seed, tries, aim, share, rng, log):
        """[(noise, State)]: chains with noise that makes about `aim` of the
        share(State) new"""
        tried = []

        def attempt(t):
            tried.append((t, self.judged(*self.coarse.chain(
                self.levels[0], t, rng, self.o['steps']), seed)))
            state = tried[-1][1]
            if log:
                log(f'  noise {t:.3f}: unlikely {self.unlikely(state):.4f},'
                    f' {100 * share(state):.0f} % new')
            return share(state)

        low, high, t = .3, .99, .8
        for _ in range(self.o['search']):
            low, high = (t, high) if attempt(t) < aim else (low, t)
            t = (low + high) / 2
        for _ in range(tries):
            attempt(min(.99, t + .03 * rng.standard_normal()))
        return tried

    def vary(self, strength, seed=0, log=None):
        """(picture, State): a variation in which about as many blocks are
        new as `strength`, 0 to 1, asks for"""
        o, rng = self.o, np.random.default_rng(seed)
        made = self.montages if o['cut'] else self.unlike_least
        x, field, state = made(strength, seed, rng, log)
        x, field = self.finer(x, field, rng, self.judge + 1,
                              len(self.levels) - 1)
        x = blended(x, self.source, field, o['hold'], o['edge'])
        return x.clip(-1, 1), state

    def unlike_least(self, strength, seed, rng, log):
        """(picture, field, State) of the likeliest chain, healed"""
        o, aim = self.o, np.interp(strength, STRENGTHS, NOVELTY)
        tried = self.searched(seed, o['tries'], aim, lambda s: s.new, rng,
                              log)
        t, state = min(tried, key=lambda v: self.badness(v[1], aim))
        state = self.healed(state, max(t, o['heal_noise']), rng, aim, log)
        return state.picture, state.field, state

    def montages(self, strength, seed, rng, log):
        """(picture, field, State) of the chain that cuts serve best"""
        o, aim = self.o, np.interp(strength, STRENGTHS, CUT_NOVELTY)
        size, found = self.levels[self.judge].shape[:2], []

        def changed(state):
            return self.changed(pixels(state.field, *size))

        def attempt(state, keep, rounds=1, again=0):
            far, seams = self.cut(state.picture, state.field, self.judge,
                                  state.unlike, keep, rounds, again)
            bad, new = self.doubtful(far, seams, aim)
            found.append((bad, len(found), keep, far, state))
            if log:
                log(f'  cut {keep:.2f}: doubtful {bad:.4f}, seams'
                    f' {seams.mean():.4f}, {100 * new:.0f} % new')

        tried = [(changed(state), state) for _, state in self.searched(
            seed, o['cut_chains'] - o['search'], min(.95, aim * 1.15),
            changed, rng, log)]
        least = min(.75 * aim, max(tried, key=lambda v: v[0])[0])
        for new, state in tried:
            if new >= least:
                attempt(state, o['cut_keep'])
        for *_, state in sorted(found)[:o['cut_best']]:
            attempt(state, 2 * o['cut_keep'])
            attempt(state, .6 * o['cut_keep'])
        _, _, keep, _, state = min(found)
        attempt(state, keep, o['cut_rounds'])
        attempt(state, keep, o['cut_rounds'], o['cut_again'])
        *_, far, state = min(found)
        return *self.montage(far, state.field.shape[:2], self.judge), state


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.split('\n\n')[0],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('source')
    parser.add_argument('result')
    parser.add_argument('--strength', type=float, default=60)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--side', type=int, help='reduce to a shorter side')
    parser.add_argument('--set', nargs='*', default=[], metavar='NAME=VALUE')
    parser.add_argument('--log', action='store_true')
    args = parser.parse_args()
    changes = {}
    for change in args.set:
        name, value = change.split('=')
        changes[name] = type(DEFAULTS[name])(float(value))
    variations = Variations(read(args.source, args.side), **changes)
    picture, state = variations.vary(args.strength / 100, args.seed,
                                     print if args.log else None)
    write(picture, args.result)
    print(f'{100 * (blocks(picture, variations.source) > CHANGED).mean():.0f}'
          f' % of blocks changed, unlikely'
          f' {variations.unlikely(state):.4f}')


if __name__ == '__main__':
    main()
