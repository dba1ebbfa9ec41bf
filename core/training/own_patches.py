#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variations of a photograph made of its own patches (prototype)."""
import argparse, ctypes, math, os, subprocess, sys, tempfile, time
import numpy as np
from PIL import Image

f4 = np.float32
_lib = None
class Search(ctypes.Structure):
    _fields_ = ([(n, ctypes.c_void_p) for n in ('query', 'key', 'weights', 'bias')]
                + [(n, ctypes.c_long) for n in ('rows', 'columns', 'key_rows', 'key_columns', 'side')]
                + [(n, ctypes.c_float) for n in ('layout_y', 'layout_x', 'staying', 'staying_reach', 'tearing')])

def library():
    global _lib
    if not _lib:
        here = os.path.dirname(os.path.abspath(__file__))
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'own_patches.so')
            subprocess.run(['cc', '-O3', '-march=native', '-ffast-math', '-shared', '-fPIC', '-o', path,
                            os.path.join(here, 'own_patches.c')], check=True)
            _lib = ctypes.CDLL(path)
        p, l = ctypes.c_void_p, ctypes.c_long
        _lib.search.argtypes = [ctypes.POINTER(Search), p, p, p, p, l, p, l, l, ctypes.c_uint64]
        _lib.vote.argtypes = [p, l, p, p, l, l, l, p, p, p]
    return _lib

def bell(side, width):
    r = np.arange(side) - side // 2
    g = np.exp(-r * r / (2 * width * width)) if width else np.ones(side)
    return (g[:, None] * g[None]).astype(f4)

def find(query, key, field, side, *, bias=None, layout=(0, 0), staying=0., reach=1., tearing=0., width=0.,
         jumps=(1, 3), reaches=(2, 6), anywhere=0, seed=0):
    """the best match of each patch; costs are mean squared differences in [-1,1]"""
    rows, columns = query.shape[0] - side + 1, query.shape[1] - side + 1
    kr, kc = key.shape[0] - side + 1, key.shape[1] - side + 1
    w = np.repeat(bell(side, width)[..., None], 3, 2); w = np.ascontiguousarray(w / w.sum(), f4)
    if bias is None: bias = np.zeros((kr, kc), f4)
    query, key = np.ascontiguousarray(query, f4), np.ascontiguousarray(key, f4)
    bias = np.ascontiguousarray(bias, f4); field = np.ascontiguousarray(field, np.int32)
    s = Search(query.ctypes.data, key.ctypes.data, w.ctypes.data, bias.ctypes.data, rows, columns, kr, kc, side,
               layout[0], layout[1], staying, reach, tearing)
    found, costs = np.empty_like(field), np.empty((rows, columns), f4)
    j, r = np.array(jumps, np.int32), np.array(reaches, np.int32)
    library().search(ctypes.byref(s), field.ctypes.data, found.ctypes.data, costs.ctypes.data, j.ctypes.data, len(j),
                     r.ctypes.data, len(r), anywhere, seed)
    return found, costs

def vote(source, field, side, *, width=0., trust=None):
    rows, columns = field.shape[:2]
    out = np.zeros((rows + side - 1, columns + side - 1, 3), f4); total = np.zeros(out.shape[:2], f4)
    w = bell(side, width)
    trust = np.ones((rows, columns), f4) if trust is None else np.ascontiguousarray(trust, f4)
    source, field = np.ascontiguousarray(source, f4), np.ascontiguousarray(field, np.int32)
    library().vote(source.ctypes.data, source.shape[1], field.ctypes.data, trust.ctypes.data, rows, columns, side,
                   w.ctypes.data, out.ctypes.data, total.ctypes.data)
    return out

def resized(x, height, width):
    if x.shape[:2] == (height, width): return x
    return np.stack([np.asarray(Image.fromarray(np.ascontiguousarray(x[..., c])).resize((width, height), Image.BICUBIC))
                     for c in range(3)], 2)

def load(path, side):
    im = Image.open(path).convert('RGB'); s = side / min(im.size)
    if s < 1: im = im.resize((round(im.width * s), round(im.height * s)), Image.LANCZOS)
    return np.asarray(im).astype(f4) / 127.5 - 1

def save(x, path): Image.fromarray((((x + 1) * 127.5).round()).clip(0, 255).astype('u1')).save(path)

def abar(t): return math.cos((t + .008) / 1.008 * math.pi / 2) ** 2

def patches(x, side):
    v = np.lib.stride_tricks.sliding_window_view(x, (side, side), (0, 1))  # h w 3 P P
    return np.ascontiguousarray(v.transpose(0, 1, 3, 4, 2)).reshape(v.shape[0] * v.shape[1], -1)

def folded(p, rows, columns, side, wc):
    p = p.reshape(rows, columns, side, side, 3)
    out = np.zeros((rows + side - 1, columns + side - 1, 3), f4); n = np.zeros(out.shape[:2] + (1,), f4)
    for j in range(side):
        for i in range(side):
            out[j:j + rows, i:i + columns] += wc[j, i] * p[:, :, j, i]; n[j:j + rows, i:i + columns] += wc[j, i]
    return out / n

def lse(x, axis):
    m = x.max(axis, keepdims=True); return np.log(np.exp(x - m).sum(axis, keepdims=True)) + m

def places(rows, columns):
    y, x = np.meshgrid(np.linspace(-1, 1, rows), np.linspace(-1, 1, columns), indexing='ij')
    return y.ravel().astype(f4), x.ravel().astype(f4)

class Exact:
    """The posterior mean of the patches of a picture `ref`, exactly: patches of `side`, the layout as a prior of its own,
    each patch's use bound to `slack` times its share."""
    def __init__(self, ref, o):
        self.side = P = o['coarse_patch']; self.ref, self.o = ref, o
        self.Q = patches(ref, P); self.qn = (self.Q ** 2).sum(1)
        self.rr, self.rc = ref.shape[0] - P + 1, ref.shape[1] - P + 1
        y, x = places(self.rr, self.rc)
        self.prior = (-o['layout'] * (y[:, None] - y) ** 2 - o['layout_x'] * (x[:, None] - x) ** 2).astype(f4)
        if o['stay']:
            py, px = np.divmod(np.arange(self.rr * self.rc), self.rc)
            d = (py[:, None] - py) ** 2 + (px[:, None] - px) ** 2
            self.prior -= o['stay'] * np.clip(1 - d / o['stay_reach'] ** 2, 0, 1) ** 2

    def mean(self, y, A, some=None, bias=None):
        """estimate of x_0 and each patch's likeliest match; of `some` rows alone if given"""
        P = self.side; g = A / (2 * (1 - A) + 1e-4); Y = patches(y, P) / A ** .5; prior = self.prior
        if some is not None: Y, prior = Y[some], prior[some]
        L = (Y @ self.Q.T) * (2 * g) - g * self.qn + prior
        if bias is not None: L += bias
        L -= L.max(1, keepdims=True); W = np.exp(np.maximum(L, -45))
        if some is None:
            e = np.ones(len(self.Q), f4)
            for _ in range(self.o['cap']):
                e = np.minimum(e * self.o['slack'] / np.maximum((1 / np.maximum(W @ e, 1e-30)) @ W * e, 1e-30), 1)
            W *= e
        W /= np.maximum(W.sum(1, keepdims=True), 1e-30)
        n = W.argmax(1); out = W @ self.Q
        if some is not None:
            full = np.zeros((len(some), out.shape[1]), f4); full[some] = out
            nn = np.zeros(len(some), int); nn[some] = n
            ones = np.zeros_like(full); ones[some] = 1
            num, den = (folded(v, self.rr, self.rc, P, bell(P, 0)) for v in (full, ones))
            return num / np.maximum(den, 1e-6), np.stack(np.divmod(nn, self.rc), 1).reshape(self.rr, self.rc, 2)
        return folded(out, self.rr, self.rc, P, bell(P, 0)), np.stack(np.divmod(n, self.rc), 1).reshape(self.rr, self.rc, 2)

    def chain(self, x, T, rng, steps, mask=None, field=None, start=None):
        """noise x to T and go back; where `mask` is given, only there"""
        P = self.side; noise = rng.standard_normal(x.shape).astype(f4); A = abar(T); y = A ** .5 * (x if start is None else start) + (1 - A) ** .5 * noise
        some = bias = None
        if mask is not None:
            some = np.lib.stride_tricks.sliding_window_view(mask, (P, P)).any((2, 3)).ravel()
            keep = field.reshape(-1, 2)[~some]
            n = np.bincount(keep[:, 0] * self.rc + keep[:, 1], minlength=len(self.Q)).reshape(self.rr, self.rc).astype(f4)
            from scipy.ndimage import uniform_filter
            bias = -self.o['heal_use'] * np.log1p(uniform_filter(n, P, mode='nearest')).ravel()
        for i in range(steps):
            A = abar(T * (1 - i / steps)); x0, f = self.mean(y, A, some, bias)
            if mask is not None: x0 = np.where(mask[..., None], x0, x)
            if i + 1 == steps: break
            B = abar(T * (1 - (i + 1) / steps)); y = B ** .5 * x0 + ((1 - B) / (1 - A)) ** .5 * (y - A ** .5 * x0)
            if mask is not None: y = np.where(mask[..., None], y, B ** .5 * x + (1 - B) ** .5 * noise)
        if mask is not None: f = np.where(some.reshape(self.rr, self.rc)[..., None], f, field)
        return x0, f.astype(np.int32)

DEFAULTS = dict(start=32, ratio=.75, coarse_patch=9, patch=7, steps=16, layout=100., layout_x=0., stay=0., stay_reach=3.,
    cap=30, slack=1.1, passes=4, noise=0.06, blurred=1, vote_width=1.5, last_width=1., match_width=0., tear=0.002, use=0.002,
    use_slack=1.3, lay=.001, anywhere=1, stay_fine=0., hold=.003, judge=2, again=.5, near=.15, warp=.05, worst=.1, wish=1., heal_use=1., heal_places=4, heal_size=.22, heal_steps=10, heal=24, heal_noise=.8, search=5, tries=3)

def used(field, side, rr, rc, more=1):
    """how often each source patch's pixels are used, averaged over the patch"""
    n = np.bincount(field[..., 0].ravel() * rc + field[..., 1].ravel(), minlength=rr * rc).reshape(rr, rc).astype(f4)
    from scipy.ndimage import uniform_filter
    return uniform_filter(n, 2 * side - 1 if more else side, mode='nearest') * (rr * rc / field[..., 0].size)

def enlarged(field, old, new, side):
    """field of a level of size old carried to a level of size new (both source and result)"""
    (oh, ow), (nh, nw) = old, new; h, w = nh - side + 1, nw - side + 1
    cy = (np.arange(h) + side / 2) * oh / nh - side / 2; cx = (np.arange(w) + side / 2) * ow / nw - side / 2
    iy = cy.round().astype(int).clip(0, field.shape[0] - 1); ix = cx.round().astype(int).clip(0, field.shape[1] - 1)
    m = field[iy][:, ix].astype(float)
    off = (m + np.stack(np.broadcast_arrays((-iy)[:, None], (-ix)[None]), 2)) * [nh / oh, nw / ow]
    out = np.stack(np.broadcast_arrays(np.arange(h)[:, None], np.arange(w)[None]), 2) + off.round()
    return np.stack([out[..., 0].clip(0, h - 1), out[..., 1].clip(0, w - 1)], 2).astype(np.int32)

def blended(x, source, field, side, hold, edge=.12):
    """the picture whose differences between neighbours are the source's where both come from one place"""
    from scipy.fft import dctn, idctn
    h, w = x.shape[:2]; d = side // 2
    iy = (np.arange(h) - d).clip(0, field.shape[0] - 1); ix = (np.arange(w) - d).clip(0, field.shape[1] - 1)
    off = field[iy][:, ix] - np.stack(np.broadcast_arrays(iy[:, None], ix[None]), 2)
    py = np.arange(h)[:, None] + off[..., 0]; px = np.arange(w)[None] + off[..., 1]
    H, W = source.shape[:2]
    at = lambda y, x: source[y.clip(0, H - 1), x.clip(0, W - 1)]
    here = at(py, px)
    def slope(axis):
        """the source's difference to the next pixel where both sides know of no edge between them, otherwise the result's"""
        step = np.array([1 - axis, axis]); next_ = at(py + step[0], px + step[1]); last = at(py - step[0], px - step[1])
        lo = (slice(None, -1), slice(None)) if axis == 0 else (slice(None), slice(None, -1))
        hi = (slice(1, None), slice(None)) if axis == 0 else (slice(None), slice(1, None))
        g = .5 * (next_[lo] - here[lo]) + .5 * (here[hi] - last[hi])
        apart = (((next_[lo] - here[hi]) ** 2).mean(2, keepdims=True) + ((here[lo] - last[hi]) ** 2).mean(2, keepdims=True)) / 2
        w = np.exp(-apart / edge ** 2)
        return w * g + (1 - w) * (x[hi] - x[lo])
    gy, gx = slope(0), slope(1)
    div = np.zeros_like(x); div[:, :-1] += gx; div[:, 1:] -= gx; div[:-1] += gy; div[1:] -= gy
    lap = (2 - 2 * np.cos(np.pi * np.arange(h) / h))[:, None] + (2 - 2 * np.cos(np.pi * np.arange(w) / w))[None]
    rhs = hold * x - div
    return np.stack([idctn(dctn(rhs[..., c], norm='ortho') / (hold + lap), norm='ortho') for c in range(3)], 2).astype(f4)

def blocks(x, source):
    """RMS difference of 32 px blocks, of 255"""
    d = ((x - source) * 127.5) ** 2; h, w = d.shape[0] // 32, d.shape[1] // 32
    return d[:h * 32, :w * 32].mean(2).reshape(h, 32, w, 32).mean((1, 3)) ** .5

def moved(field, near):
    """share of the largest part that is the source displaced by a little (less than `near`) as a whole, above 15 %"""
    y, x = np.mgrid[:field.shape[0], :field.shape[1]]; dy, dx = field[..., 0] - y, field[..., 1] - x
    n = int(near) + 1; ok = (abs(dy) < n) & (abs(dx) < n); h = np.zeros((2 * n + 1, 2 * n + 1))
    np.add.at(h, (dy[ok] + n, dx[ok] + n), 1)
    from scipy.ndimage import uniform_filter
    h[n - 1:n + 2, n - 1:n + 2] = 0
    return max(0, uniform_filter(h, 3, mode='constant').max() * 9 / dy.size - .15)

class Variations:
    def __init__(self, source, **changes):
        self.o = o = dict(DEFAULTS, **changes); self.source = source; short = min(source.shape[:2])
        n = max(1, round(math.log(short / o['start']) / -math.log(o['ratio'])))
        self.fs = [(o['start'] / short) ** (1 - i / n) for i in range(n + 1)]
        self.refs = [resized(source, round(source.shape[0] * f), round(source.shape[1] * f)) for f in self.fs]
        self.blurred = [None] + [resized(self.refs[i], *self.refs[i + 1].shape[:2]) for i in range(n)]
        self.exact = Exact(self.refs[0], o); self.judge = min(o['judge'], n)
        self.single = self.singular()

    def singular(self):
        """how far each patch of the level of judgement is from the likest one elsewhere in the source, squared"""
        P = self.o['patch']; Q = patches(self.refs[self.judge], P); n = (Q ** 2).sum(1); out = np.empty(len(Q), f4)
        rows, columns = self.refs[self.judge].shape[0] - P + 1, self.refs[self.judge].shape[1] - P + 1
        y, x = np.divmod(np.arange(len(Q)), columns)
        for i in range(0, len(Q), 512):
            d = n[i:i + 512, None] + n - 2 * Q[i:i + 512] @ Q.T
            d[(abs(y[i:i + 512, None] - y) < P) & (abs(x[i:i + 512, None] - x) < P)] = np.inf; out[i:i + 512] = d.min(1)
        return (out / Q.shape[1]).clip(0).reshape(rows, columns)

    def finer(self, x, field, rng, first, last, report=None):
        """levels `first` to `last`, the coarser level's picture and field given (patches of `patch`)"""
        o = self.o; P = o['patch']; cost = None
        for level in range(first, last + 1):
            ref = self.refs[level]; H, W = ref.shape[:2]; before = self.refs[level - 1].shape[:2]; top = level + 1 == len(self.refs)
            field = enlarged(field, before, (H, W), P); query = resized(x, H, W); bias = np.zeros((H - P + 1, W - P + 1), f4)
            for k in range(o['passes']):
                s = o['noise'] * (1 - k / o['passes'])
                q, key = (query, self.blurred[level]) if k < o['blurred'] else (x + s * rng.standard_normal(x.shape).astype(f4), ref)
                field, cost = find(q, key, field, P, bias=bias, anywhere=o['anywhere'], seed=int(rng.integers(1 << 40)),
                                   layout=(o['lay'] * o['layout'], o['lay'] * o['layout_x']), staying=o['stay_fine'], reach=P,
                                   tearing=o['tear'], width=o['match_width'])
                if o['use']: bias = bias + o['use'] * np.log((used(field, P, *bias.shape) / o['use_slack']).clip(1))
                x = vote(ref, field, P, width=o['last_width'] if top and k + 1 == o['passes'] else o['vote_width'])
            if report: report(level, x, field, cost)
        return x, field, cost

    def smaller(self, field):
        """a field of patches of `coarse_patch` at level 0 as one of patches of `patch`"""
        o = self.o; P, fp = o['patch'], self.exact.side; (H, W) = self.refs[0].shape[:2]
        d = (fp - P) // 2; h, w = H - P + 1, W - P + 1
        iy = (np.arange(h) - d).clip(0, field.shape[0] - 1); ix = (np.arange(w) - d).clip(0, field.shape[1] - 1)
        m = field[iy][:, ix] + np.stack(np.broadcast_arrays((np.arange(h) - iy)[:, None], (np.arange(w) - ix)[None]), 2)
        return np.stack([m[..., 0].clip(0, h - 1), m[..., 1].clip(0, w - 1)], 2).astype(np.int32)

    def judged(self, x0, field0, seed):
        """carried to the level of judgement: picture, field, unlikeliness of each pixel there, novelty"""
        P = self.o['patch']; rng = np.random.default_rng(seed); x, field, _ = self.finer(x0, self.smaller(field0), rng, 1, self.judge)
        ref = self.refs[self.judge]; f = field
        for _ in range(2): f, cost = find(x, ref, f, P, jumps=(1, 4), reaches=(2, 8), anywhere=4, seed=1)
        h, w = ref.shape[:2]
        often = used(f, P, *self.single.shape, 0)
        again = (self.single * (often - 1).clip(0, 1.5))[f[..., 0], f[..., 1]]
        from_ = np.pad(cost + self.o['again'] * again, P // 2, mode='edge')
        full = vote(self.source, enlarged(field, (h, w), self.source.shape[:2], P), P, width=1.)
        return x, field, from_, max(0, self.new(full, f) - moved(f, self.o['near'] * min(h, w)))

    def new(self, full, field):
        """share of blocks that are changed, and not by a shift of less than `warp` of the shorter side"""
        y, x = np.mgrid[:field.shape[0], :field.shape[1]]; least = self.o['warp'] * min(field.shape[:2])
        far = (np.hypot(field[..., 0] - y, field[..., 1] - x) > least).astype(f4); b = blocks(full, self.source) > 12
        return (b & (np.asarray(Image.fromarray(far).resize(b.shape[::-1], Image.BOX)) > .4)).mean()

    def unlikely(self, c): r = np.maximum(c, 0) ** .5; return float(r.mean() + self.o['worst'] * np.percentile(r, 98))

    def worth(self, now, aim): return self.unlikely(now[2]) + self.o['wish'] * max(0, aim - now[3])

    def healed(self, x0, field0, now, T, rng, rounds, log=None, aim=0.):
        """Places where the result is unlikely (or, while too little is new, any places) are noised again and gone back with what
        is round them held.  Three ways in turn: from noise alone; from what lies beside, or somewhere in the same rows, going on
        there; from the source.  What makes the whole likelier, or newer at little cost, is kept."""
        o = self.o; h, w = x0.shape[:2]; yy, xx = np.mgrid[:h, :w]; P = self.exact.side
        for r in range(rounds):
            short = now[3] < aim - .02; kind = r % 2 if short else r % 3
            bad = np.ones((h, w)) if short else resized(np.repeat(now[2][..., None], 3, 2) ** .5, h, w)[..., 0] ** 2
            v = bad * rng.random(bad.shape); mask = np.zeros((h, w), int)
            for n in range(1, o['heal_places'] + 1):
                cy, cx = np.unravel_index(v.argmax(), v.shape); ry, rx = o['heal_size'] * (.6 + .8 * rng.random(2)) * h
                d = ((yy - cy) / ry) ** 2 + ((xx - cx) / rx) ** 2
                if (mask[(d < 1)] > 0).any(): continue
                mask[d < 1] = n; v[((yy - cy) / (ry + h * .3)) ** 2 + ((xx - cx) / (rx + h * .3)) ** 2 < 1] = 0
            start, Th = x0, min(.98, T * (.75 + .3 * rng.random()))
            if kind:
                start, Th = x0.copy(), .35 + .3 * rng.random(); H, W = field0.shape[:2]
                for n in range(1, mask.max() + 1):
                    iy, ix = np.nonzero(mask == n); dy = dx = 0
                    if kind == 1 and short: dx = int(rng.integers(-ix.min(), w - ix.max()))
                    elif kind == 1:
                        angle = rng.random() * 2 * np.pi; far = o['heal_size'] * h
                        py = int(np.clip(iy.mean() + far * np.sin(angle) - P // 2, 0, H - 1)); px = int(np.clip(ix.mean() + far * np.cos(angle) - P // 2, 0, W - 1))
                        dy, dx = field0[py, px] - (py, px)
                    start[iy, ix] = self.refs[0][(iy + dy).clip(0, h - 1), (ix + dx).clip(0, w - 1)]
            tx, tf = self.exact.chain(x0, Th, rng, o['heal_steps'], mask > 0, field0, start)
            all_ = mask > 0; took = 0
            for which in [all_] + [mask == n for n in range(1, mask.max() + 1)]:
                f = np.lib.stride_tricks.sliding_window_view(which, (P, P)).any((2, 3))
                nx, nf = np.where(which[..., None], tx, x0), np.where(f[..., None], tf, field0); new = self.judged(nx, nf, r)
                if self.worth(new, aim) < self.worth(now, aim):
                    x0, field0, now = nx, nf, new; took += 1
                    if which is all_: break
            if log and took: log(f'  heal {r} ({kind}{"+" if short else ""}): T {Th:.2f} took {took}, unlikely {self.unlikely(now[2]):.4f} novelty {now[3]:.2f}')
        return x0, field0, now

    def vary(self, strength, seed=0, log=None):
        """a variation in which about as many blocks are changed as `strength` asks for"""
        o = self.o; aim = np.interp(strength, [0, .2, .4, .6, .8, 1], [0, .05, .13, .30, .52, .78]); rng = np.random.default_rng(seed); tried = []
        def attempt(T):
            x0, f0 = self.exact.chain(self.refs[0], T, rng, o['steps']); now = self.judged(x0, f0, seed); tried.append((T, x0, f0, now))
            if log: log(f'  T {T:.3f}: unlikely {self.unlikely(now[2]):.4f} novelty {now[3]:.2f}')
            return now[3]
        low, high = .3, .99
        for _ in range(o['search']):
            T = (low + high) / 2 if tried else .8; low, high = (T, high) if attempt(T) < aim else (low, T)
        T = (low + high) / 2
        for _ in range(o['tries']): attempt(min(.99, T + .03 * rng.standard_normal()))
        T, x0, f0, now = min(tried, key=lambda t: self.worth(t[3], aim))
        x0, f0, now = self.healed(x0, f0, now, max(T, o['heal_noise']), rng, o['heal'], log, aim)
        return self.finished(now, rng), now

    def finished(self, now, rng, report=None):
        x, field, cost = self.finer(now[0], now[1], rng, self.judge + 1, len(self.refs) - 1, report)
        if self.o['hold']: x = blended(x, self.source, field, self.o['patch'], self.o['hold'])
        return x.clip(-1, 1)

    def at(self, T, seed=0, tries=1, heal=0, log=None, report=None):
        rng = np.random.default_rng(seed); best = None
        for t in range(tries):
            x0, f0 = self.exact.chain(self.refs[0], T, rng, self.o['steps']); now = self.judged(x0, f0, seed)
            if log: log(f'  try {t}: unlikely {self.unlikely(now[2]):.4f} novelty {now[3]:.2f}')
            if best is None or self.unlikely(now[2]) < self.unlikely(best[2][2]): best = x0, f0, now
        x0, f0, now = best
        if heal: x0, f0, now = self.healed(x0, f0, now, T, rng, heal, log)
        return self.finished(now, rng, report), now
