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
near the coarser level's, and copies (Variations.finer).  Where the result is
unlikely under the patches the coarsest level is noised again (healed).

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
from scipy.ndimage import uniform_filter

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
    heal_use=1.)       # prior against matches that the surroundings use

# Share of blocks that are to be new, over strength.
STRENGTHS = (0, .2, .4, .6, .8, 1)
NOVELTY = (0, .05, .13, .30, .52, .78)
BLOCK = 32
CHANGED = 12       # RMS difference of a block, of 255

_library = None


class _Search(ctypes.Structure):
    _fields_ = (
        [(n, ctypes.c_void_p) for n in ('query', 'key', 'bias')]
        + [(n, ctypes.c_long) for n in ('rows', 'columns', 'key_rows',
                                        'key_columns', 'side')]
        + [(n, ctypes.c_float) for n in ('layout_y', 'layout_x', 'tearing')])


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


def blended(x, source, field, side, hold, edge):
    """The picture nearest to x (weight `hold`) and to the source's own
    differences between neighbouring pixels: no steps where two areas meet
    that neither has an edge at.  Where they differ by more than about `edge`,
    and two pixels round that, x's differences stay: the vote has mixed
    both sides of an edge there.  hold is for a shorter side of 512 pixels."""
    height, width = x.shape[:2]
    hold = hold * (512 / min(height, width)) ** 2
    iy, ix = ((np.arange(n) - side // 2).clip(0, m - 1)
              for n, m in zip((height, width), field.shape))
    p = grid(height, width) + field[iy][:, ix] - np.stack(
        np.broadcast_arrays(iy[:, None], ix[None]), 2)

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
        full = vote(self.source, enlarged(near, size, self.source.shape[:2],
                                          side), side, 1.)
        far = np.hypot(*np.moveaxis(near - grid(*near.shape[:2]), 2, 0))
        changed = blocks(full, self.source) > CHANGED
        far = np.asarray(Image.fromarray(
            (far > o['warp'] * min(far.shape)).astype(np.float32)).resize(
                changed.shape[::-1], Image.BOX))
        new = (changed & (far > .4)).mean() - moved(near,
                                                    o['near'] * min(size))
        return State(coarse, coarse_field, x, field, unlike, max(0, new))

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

    def vary(self, strength, seed=0, log=None):
        """(picture, State): a variation in which about as many blocks are
        new as `strength`, 0 to 1, asks for"""
        o, rng, tried = self.o, np.random.default_rng(seed), []
        aim = np.interp(strength, STRENGTHS, NOVELTY)

        def attempt(t):
            tried.append((t, self.judged(*self.coarse.chain(
                self.levels[0], t, rng, o['steps']), seed)))
            state = tried[-1][1]
            if log:
                log(f'  noise {t:.3f}: unlikely {self.unlikely(state):.4f},'
                    f' {100 * state.new:.0f} % new')
            return state.new

        low, high, t = .3, .99, .8
        for _ in range(o['search']):
            low, high = (t, high) if attempt(t) < aim else (low, t)
            t = (low + high) / 2
        for _ in range(o['tries']):
            attempt(min(.99, t + .03 * rng.standard_normal()))
        t, state = min(tried, key=lambda v: self.badness(v[1], aim))
        state = self.healed(state, max(t, o['heal_noise']), rng, aim, log)
        x, field = self.finer(state.picture, state.field, rng,
                              self.judge + 1, len(self.levels) - 1)
        x = blended(x, self.source, field, o['patch'], o['hold'], o['edge'])
        return x.clip(-1, 1), state


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
