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
    """the exact posterior mean of the patches of one level"""
    def __init__(self, ref, side, layout, layout_x, stay, reach, cap, slack, width):
        self.side, self.Q = side, patches(ref, side); self.qn = (self.Q ** 2).sum(1)
        self.rr, self.rc = ref.shape[0] - side + 1, ref.shape[1] - side + 1
        y, x = places(self.rr, self.rc)
        self.prior = (-layout * (y[:, None] - y) ** 2 - layout_x * (x[:, None] - x) ** 2).astype(f4)
        if stay:
            py, px = np.divmod(np.arange(self.rr * self.rc), self.rc)
            d = (py[:, None] - py) ** 2 + (px[:, None] - px) ** 2
            self.prior -= stay * np.clip(1 - d / reach ** 2, 0, 1) ** 2
        self.cap, self.slack, self.width = cap, slack, width
    def __call__(self, y, A):
        P = self.side; Y = patches(y, P) / A ** .5; g = A / (2 * (1 - A) + 1e-4)
        L = (Y @ self.Q.T) * (2 * g) - g * self.qn + self.prior
        L -= L.max(1, keepdims=True); K = np.exp(L); e = np.ones(len(self.Q), f4)
        for _ in range(self.cap):
            e = np.minimum(e * self.slack / np.maximum((1 / np.maximum(K @ e, 1e-30)) @ K * e, 1e-30), 1)
        W = K * e; W /= np.maximum(W.sum(1, keepdims=True), 1e-30)
        n = W.argmax(1); self.own = W[np.arange(len(W)), np.arange(len(W))] if W.shape[0] == W.shape[1] else None
        h, w = y.shape[0] - P + 1, y.shape[1] - P + 1
        return folded(W @ self.Q, h, w, P, bell(P, self.width)), np.stack(np.divmod(n, self.rc), 1).reshape(h, w, 2)

DEFAULTS = dict(start=32, ratio=.75, coarse_patch=9, patch=7, steps=16, layout=4., layout_x=.4, stay=0., stay_reach=3.,
    cap=30, slack=1.1, exact_until=40, exact_noise=.08, exact_steps=4, coarse_width=0., passes=4, noise=0.06, blurred=1,
    vote_width=1.5, last_width=1., match_width=0., tear=0.002, use=0.002, use_slack=1.3, lay=.1, anywhere=1, stay_fine=0., hold=.003)

def used(field, side, rr, rc):
    """how often each source patch's pixels are used, averaged over the patch"""
    n = np.bincount(field[..., 0].ravel() * rc + field[..., 1].ravel(), minlength=rr * rc).reshape(rr, rc).astype(f4)
    from scipy.ndimage import uniform_filter
    return uniform_filter(n, 2 * side - 1, mode='nearest') * (rr * rc / field[..., 0].size)

def enlarged(field, old, new, side):
    """field of a level of size old carried to a level of size new (both source and result)"""
    (oh, ow), (nh, nw) = old, new; h, w = nh - side + 1, nw - side + 1
    cy = (np.arange(h) + side / 2) * oh / nh - side / 2; cx = (np.arange(w) + side / 2) * ow / nw - side / 2
    iy = cy.round().astype(int).clip(0, field.shape[0] - 1); ix = cx.round().astype(int).clip(0, field.shape[1] - 1)
    m = field[iy][:, ix].astype(float)
    off = (m + np.stack(np.broadcast_arrays((-iy)[:, None], (-ix)[None]), 2)) * [nh / oh, nw / ow]
    out = np.stack(np.broadcast_arrays(np.arange(h)[:, None], np.arange(w)[None]), 2) + off.round()
    return np.stack([out[..., 0].clip(0, h - 1), out[..., 1].clip(0, w - 1)], 2).astype(np.int32)

def blended(x, source, field, side, hold):
    """the picture whose differences between neighbours are the source's where both come from one place"""
    from scipy.fft import dctn, idctn
    h, w = x.shape[:2]; d = side // 2
    iy = (np.arange(h) - d).clip(0, field.shape[0] - 1); ix = (np.arange(w) - d).clip(0, field.shape[1] - 1)
    off = field[iy][:, ix] - np.stack(np.broadcast_arrays(iy[:, None], ix[None]), 2)
    py = np.arange(h)[:, None] + off[..., 0]; px = np.arange(w)[None] + off[..., 1]
    H, W = source.shape[:2]
    at = lambda y, x: source[y.clip(0, H - 1), x.clip(0, W - 1)]
    gx = .5 * (at(py, px + 1) - at(py, px))[:, :-1] + .5 * (at(py, px) - at(py, px - 1))[:, 1:]
    gy = .5 * (at(py + 1, px) - at(py, px))[:-1] + .5 * (at(py, px) - at(py - 1, px))[1:]
    div = np.zeros_like(x); div[:, :-1] += gx; div[:, 1:] -= gx; div[:-1] += gy; div[1:] -= gy
    lap = (2 - 2 * np.cos(np.pi * np.arange(h) / h))[:, None] + (2 - 2 * np.cos(np.pi * np.arange(w) / w))[None]
    rhs = hold * x - div
    return np.stack([idctn(dctn(rhs[..., c], norm='ortho') / (hold + lap), norm='ortho') for c in range(3)], 2).astype(f4)

def vary(source, strength, seed=0, report=None, **changes):
    o = dict(DEFAULTS, **changes); rng = np.random.default_rng(seed)
    short = min(source.shape[:2]); n = max(1, round(math.log(short / o['start']) / -math.log(o['ratio'])))
    fs = [(o['start'] / short) ** (1 - i / n) for i in range(n + 1)]
    x = field = key_before = size_before = None
    for level, f in enumerate(fs):
        last = level + 1 == len(fs)
        H, W = round(source.shape[0] * f), round(source.shape[1] * f); ref = resized(source, H, W); t0 = time.time()
        noise = lambda: rng.standard_normal((H, W, 3)).astype(f4)
        if x is None or min(H, W) <= o['exact_until']:
            P = o['coarse_patch']
            first = x is None; x = ref if first else resized(x, H, W)
            T, S = (strength, o['steps']) if first else (o['exact_noise'], o['exact_steps'])
            e = Exact(ref, P, o['layout'], o['layout_x'], o['stay'], o['stay_reach'], o['cap'], o['slack'], o['coarse_width'])
            A = abar(T); y = A ** .5 * x + (1 - A) ** .5 * noise()
            for i in range(S):
                A = abar(T * (1 - i / S)); x0, field = e(y, A)
                if i + 1 == S: break
                B = abar(T * (1 - (i + 1) / S)); y = B ** .5 * x0 + ((1 - B) / (1 - A)) ** .5 * (y - A ** .5 * x0)
            x = x0; field = field.astype(np.int32); size = (H, W); fp = P
            if report: report(level, x, field, f'exact {time.time()-t0:.1f}s')
            size_before = size; ref_before = ref; continue
        P = o['patch']
        if fp != P: # same centres
            d = (fp - P) // 2; h, w = size_before[0] - P + 1, size_before[1] - P + 1
            iy = (np.arange(h) - d).clip(0, field.shape[0] - 1); ix = (np.arange(w) - d).clip(0, field.shape[1] - 1)
            m = field[iy][:, ix]; m = m + np.stack(np.broadcast_arrays((np.arange(h) - iy)[:, None], (np.arange(w) - ix)[None]), 2)
            field = np.stack([m[..., 0].clip(0, h - 1), m[..., 1].clip(0, w - 1)], 2); fp = P
        field = enlarged(field, size_before, (H, W), P)
        query, blurred = resized(x, H, W), resized(ref_before, H, W)
        bias = np.zeros((H - P + 1, W - P + 1), f4)
        common = dict(layout=(o['lay'] * o['layout'] * .01, o['lay'] * o['layout_x'] * .01), staying=o['stay_fine'], reach=P,
                      tearing=o['tear'], width=o['match_width'])
        for k in range(o['passes']):
            s = o['noise'] * (1 - k / o['passes'])
            if k < o['blurred']: q, key = query, blurred
            else: q, key = x + s * noise(), ref
            field, cost = find(q, key, field, P, bias=bias, anywhere=o['anywhere'], seed=int(rng.integers(1 << 40)), **common)
            if o['use']: bias = bias + o['use'] * np.log((used(field, P, *bias.shape) / o['use_slack']).clip(1))
            ww = o['last_width'] if last and k + 1 == o['passes'] else o['vote_width']
            x = vote(ref, field, P, width=ww)
        if report: report(level, x, field, f'{time.time()-t0:.1f}s cost {cost.mean():.4f}')
        size_before = (H, W); ref_before = ref
    if o['hold']: x = blended(x, source, field, P, o['hold'])
    return x.clip(-1, 1), field, cost

if __name__ == '__main__':
    ap = argparse.ArgumentParser(); ap.add_argument('out'); ap.add_argument('images', nargs='+'); ap.add_argument('--side', type=int, default=384)
    ap.add_argument('--strengths', default='.75'); ap.add_argument('--seeds', type=int, default=1); ap.add_argument('--set', nargs='*', default=[])
    a = ap.parse_args(); ch = {}
    for s in a.set: k, v = s.split('='); ch[k] = type(DEFAULTS[k])(float(v))
    os.makedirs(a.out, exist_ok=True)
    for path in a.images:
        name = os.path.splitext(os.path.basename(path))[0]; src = load(path, a.side)
        if 'kodak' in path: src = load(path, a.side + 16)[8:-8, 8:-8]
        save(src, f'{a.out}/{name}--src.png')
        for st in map(float, a.strengths.split(',')):
            for seed in range(a.seeds):
                t0 = time.time(); x, field, cost = vary(src, st, seed, report=(lambda l, x, f, s: print(l, x.shape, s, flush=True)) if len(a.images) == 1 else None, **ch)
                save(x, f'{a.out}/{name}--own-{round(st*100)}-{seed}.png')
                d = ((x - src) * 127.5) ** 2; n = d[:d.shape[0] // 32 * 32, :d.shape[1] // 32 * 32].mean(2)
                n = n.reshape(n.shape[0] // 32, 32, -1, 32).mean((1, 3)) ** .5
                print(name, st, seed, f'novel {100*(n>12).mean():.0f} %  cost {cost.mean():.4f} {np.percentile(cost,99):.3f}  {time.time()-t0:.1f}s', flush=True)
