# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures models: denoising, held-out loss, variations, pictures from noise.

    python3 evaluate.py OUT MODEL... --kodak FOLDER --heldout FOLDER \\
            [--only psnr,loss,variations,noise,tool --tool gimp-diffusion]

MODEL is a model folder, or NAME=FOLDER.  OUT gets results.json, which later
calls add to, tables.md, and the sheets NAME-variations.png and
NAME-noise-OCTAVE.png.  "tool" measures denoising once more with the engine's
own program, whose noise, tiles and arithmetic are its own, beside the network
here at the same noise.
"""

import argparse
import json
import math
import os
import subprocess
import tempfile

import numpy as np
import torch
from PIL import Image

from features import features, frechet, grain, non_local_means, specks
from prepare import label_of
from sampling import Model
from train import T

SIGMAS = (15, 25, 50)
TIMESTEPS = (50, 150, 300, 500, 700, 900)
# shorter side of the photo, side of the crop; per octave
LOSS_CROPS = ((64, 64), (112, 96), (224, 128), (448, 128))
STRENGTHS = (0.2, 0.4, 0.6, 0.8)
STEPS = 12
SEEDS = (0, 1)
SHEET_PHOTOS = 8


def read(path, shorter=None, crop=None):
    """A picture as [3,H,W] in [-1,1]; optionally reduced so that its shorter
    side is so long, and cut to a square in the middle."""
    image = Image.open(path).convert('RGB')
    if shorter and shorter < min(image.size):
        scale = shorter / min(image.size)
        image = image.resize([round(s * scale) for s in image.size],
                             Image.LANCZOS)
    x = torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 127.5 - 1
    if crop:
        top, left = (x.shape[1] - crop) // 2, (x.shape[2] - crop) // 2
        x = x[:, top:top + crop, left:left + crop]
    return x


def levels(x):
    """The 8-bit levels nearest to values in [-1,1]."""
    return ((x + 1) * 127.5).round().clamp(0, 255)


def rounded(x):
    """To 8 bits, as the photographs are."""
    return levels(x) / 127.5 - 1


def write(x, path):
    """A picture [3,H,W] in [-1,1] to a file."""
    Image.fromarray(levels(x).byte().permute(1, 2, 0).numpy()).save(path)


def pictures(folder):
    names = sorted(n for n in os.listdir(folder) if n.endswith('.png'))
    if not names:
        raise SystemExit(f'{folder}: no PNG files')
    return [os.path.join(folder, n) for n in names]


def randn(shape, seed):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def psnr_of(a, b):
    """In dB, for pictures in [-1,1]."""
    return 10 * math.log10(4 / float((a - b).square().mean()))


def position(model, sigma):
    """Where on the chain noise and picture are nearest to that ratio."""
    ratio = ((1 - model.abar) / model.abar).sqrt()
    return max(1, int((ratio - sigma).abs().argmin()))


def measure_psnr(model, args):
    """Colour PSNR of the predicted clean picture, one call, on 500 x 500
    from the middle of every photo; noise is not clipped, results are."""
    totals = {s: 0.0 for s in SIGMAS}
    paths = pictures(args.kodak)
    for number, path in enumerate(paths):
        x0 = read(path, crop=500)[None]
        for s in SIGMAS:
            sigma = s * 2 / 255
            p = position(model, sigma)
            a = 1 / math.sqrt(1 + sigma * sigma)
            x = a * (x0 + sigma * randn(x0.shape, number))
            v = model.v(x.to(model.device), p - 1, model.octaves - 1)
            clean = (a * x - sigma * a * v.cpu()).clamp(-1, 1)
            totals[s] += psnr_of(clean, x0) / len(paths)
    return {str(s): round(v, 3) for s, v in totals.items()}


def measure_tool(model, folder, args):
    """The same by the engine's program, [its PSNR, the one here]: one step
    of DDIM down from the nearest position of the chain gives the predicted
    clean picture."""
    totals = {s: np.zeros(2) for s in SIGMAS}
    paths = pictures(args.kodak)
    with tempfile.TemporaryDirectory() as scratch:
        source, result = (os.path.join(scratch, n) for n in ('i.png', 'o.png'))
        for number, path in enumerate(paths):
            x0 = read(path, crop=500)
            write(x0, source)
            for s in SIGMAS:
                p = position(model, s * 2 / 255)
                subprocess.run(
                    [args.tool, 'vary', source, '-o', result, '--model',
                     folder, '--variations', '1', '--seed', str(number),
                     '--strength', str(p / T), '--sampler', 'ddim', '--steps',
                     '1'], check=True)
                x = model.forward_process(x0[None], p,
                                          randn(x0[None].shape, number))
                here = model.clean(x, p, model.octaves - 1).clamp(-1, 1)
                totals[s] += [psnr_of(read(result), x0),
                              psnr_of(here[0], x0)]
    return {str(s): [round(float(v), 3) for v in total / len(paths)]
            for s, total in totals.items()}


def measure_loss(model, args):
    """Mean squared error of v on fixed crops of the held-out photos with
    fixed noise: 40 crops per octave, two of each of 20 photos."""
    result = {}
    for octave, (shorter, crop) in enumerate(LOSS_CROPS):
        crops = []
        for number, path in enumerate(pictures(args.heldout)):
            x = read(path, shorter)
            rng = np.random.default_rng(1000 * octave + number)
            for _ in range(2):
                top, left = (int(rng.integers(n - crop + 1))
                             for n in x.shape[1:])
                crops.append(x[:, top:top + crop, left:left + crop])
        x0 = torch.stack(crops)
        for t in TIMESTEPS:
            noise = randn(x0.shape, 10 * t + octave)
            x = model.forward_process(x0, t + 1, noise)
            abar = model.abar[t + 1]
            target = abar.sqrt() * noise - (1 - abar).sqrt() * x0
            errors = [(model.v(part.to(model.device), t, octave).cpu() - goal)
                      .square().mean((1, 2, 3))
                      for part, goal in zip(x.split(10), target.split(10))]
            result[f'{octave}/{t}'] = round(float(torch.cat(errors).mean()), 5)
    return result


def small(x):
    return torch.nn.functional.avg_pool2d(x, 8)


def sheet(rows, path):
    """rows: list of lists of [3,H,W] of one size."""
    gap = 4
    lines = [torch.cat([torch.nn.functional.pad(x, (0, gap, 0, gap), value=1)
                        for x in row], 2) for row in rows]
    write(torch.cat(lines, 1), path)


def ratios(made, x0):
    """Energy of results over that of their sources, the median over the
    pictures, by scale: luminance and colour, the finest scale first."""
    found = torch.cat([grain(m) / (grain(x0) + 1e-9) for m in made])
    return [[round(float(v), 2) for v in row] for row in found.median(0)[0]]


def measure_variations(model, args, path):
    paths = pictures(args.heldout)[::2][:args.count]
    x0 = torch.stack([read(p, 384, 256) for p in paths])
    label = label_of(384)
    real = features(torch.stack([read(p, 384, 256)
                                 for p in pictures(args.heldout)]))
    result, rows = {}, [[x] for x in x0[:SHEET_PHOTOS]]
    for strength in STRENGTHS:
        made = [rounded(torch.cat([
            model.vary(x[None].to(model.device), strength, 100 * n + seed,
            STEPS, label).cpu() for n, x in enumerate(x0)]))
            for seed in SEEDS]
        for row, a, b in zip(rows, *made):
            row += [a, b]
        p = round(strength * T)
        noisy = model.forward_process(x0, p, randn(x0.shape, 7))
        ratio = float(((1 - model.abar[p]) / model.abar[p]).sqrt())
        scaled = noisy / model.abar[p].sqrt()
        plain = non_local_means(scaled, ratio)
        result[str(strength)] = {
            'faithfulness': round(float(np.mean([
                psnr_of(small(a), small(b)) for m in made
                for a, b in zip(m, x0)])), 2),
            'realism': round(float(np.mean([frechet(features(m), real)
                                      for m in made])), 2),
            'realism, noised': round(frechet(
                features(rounded(scaled)), real), 2),
            'realism, NLM': round(frechet(features(rounded(plain)), real), 2),
            'diversity': round(float((made[0] - made[1]).square()
                                     .mean().sqrt()) * 127.5, 2),
            'grain': ratios(made, x0),
            'specks': round(sum(count / max(flat, 1e-6) for count, flat in
                                (specks(m, x0) for m in made)) / len(made),
                            1)}
    result['realism of the sources'] = round(frechet(features(x0), real), 2)
    sheet(rows, path)
    return result


def measure_noise(model, args, prefix):
    """64 pictures of 128 px from pure noise per octave, 24 steps."""
    for octave in range(model.octaves):
        x = randn((64, 3, 128, 128), 50 + octave)
        made = torch.cat([model.back(part.to(model.device), T, 24,
                                     octave).cpu() for part in x.split(16)])
        sheet([list(made[i:i + 8]) for i in range(0, 64, 8)],
              f'{prefix}-noise-{octave}.png')
    return True


def table(head, rows):
    lines = ['| ' + ' | '.join(map(str, r)) + ' |' for r in [head] + rows]
    return '\n'.join([lines[0], '|' + '---|' * len(head)] + lines[1:]) + '\n'


def tables(results):
    out = []
    have = [n for n in results if 'psnr' in results[n]]
    out.append(table(['model'] + [f'noise {s}' for s in SIGMAS],
                     [[n] + [f"{results[n]['psnr'][str(s)]:.2f}"
                             for s in SIGMAS] for n in have]))
    have = [n for n in results if 'loss' in results[n]]
    out.append(table(['octave', 'model'] + [f't = {t}' for t in TIMESTEPS],
                     [[o, n] + [f"{results[n]['loss'][f'{o}/{t}']:.4f}"
                                for t in TIMESTEPS]
                      for o in range(len(LOSS_CROPS)) for n in have]))
    have = [n for n in results if 'variations' in results[n]]
    keys = ('faithfulness', 'diversity', 'realism', 'realism, noised',
            'realism, NLM')
    out.append(table(('strength', 'model') + keys,
                     [[s, n] + [results[n]['variations'][str(s)][k]
                                for k in keys]
                      for s in STRENGTHS for n in have]))
    have = [n for n in have if 'specks' in
            results[n]['variations'][str(STRENGTHS[0])]]
    out.append(table(('strength', 'model', 'luminance by scale',
                      'colour by scale', 'specks per flat megapixel'),
                     [[s, n]
                      + [' / '.join(f'{v:.2f}' for v in row) for row in
                         results[n]['variations'][str(s)]['grain']]
                      + [results[n]['variations'][str(s)]['specks']]
                      for s in STRENGTHS for n in have]))
    return '\n'.join(out)


def main():
    p = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('out')
    p.add_argument('models', nargs='+')
    p.add_argument('--kodak')
    p.add_argument('--heldout')
    p.add_argument('--only', default='psnr,loss,variations,noise')
    p.add_argument('--count', type=int, default=10,
                   help='photos of the variations table')
    p.add_argument('--tool', default='gimp-diffusion',
                   help="path of the engine's program")
    p.add_argument('--float32', action='store_true')
    p.add_argument('--threads', type=int, default=0)
    args = p.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    os.makedirs(args.out, exist_ok=True)
    path, results = os.path.join(args.out, 'results.json'), {}
    if os.path.exists(path):
        with open(path) as f:
            results = json.load(f)
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    for argument in args.models:
        name, _, folder = argument.rpartition('=')
        name = name or os.path.basename(os.path.normpath(folder))
        model = Model(folder, device, not args.float32)
        mine, prefix = results.setdefault(name, {}), os.path.join(args.out,
                                                                  name)
        for kind in args.only.split(','):
            if kind == 'psnr':
                mine[kind] = measure_psnr(model, args)
            elif kind == 'tool':
                mine[kind] = measure_tool(model, folder, args)
            elif kind == 'loss':
                mine[kind] = measure_loss(model, args)
            elif kind == 'variations':
                mine[kind] = measure_variations(model, args,
                                                prefix + '-variations.png')
            elif kind == 'noise':
                mine[kind] = measure_noise(model, args, prefix)
            print(name, kind, mine[kind], flush=True)
            with open(path, 'w') as f:
                json.dump(results, f, indent=1)
    with open(os.path.join(args.out, 'tables.md'), 'w') as f:
        f.write(tables(results))


if __name__ == '__main__':
    main()
