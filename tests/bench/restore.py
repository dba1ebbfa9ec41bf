# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures restoring through gimp-diffusion, and writes the tables of the page
on it.

    python3 restore.py OUT --kodak FOLDER --large FOLDER --polyu FOLDER \\
            --tool PATH [--only known,white,files,polyu,jpeg,grey,...]

OUT is a folder; it gets ours.json, which later calls add to, and may have
rivals.json of restore_rivals.py.  From both come the tables between marks of
plugin/docs/restore.md; --page writes them from what is there.

The folder of PolyU is CroppedImages of the PolyU real-world noisy images (Xu
et al. 2018, csjunxu/PolyU-Real-World-Noisy-Images-Dataset), which are for
research and so are not here; Kodak is the lossless true colour image suite.
"large" are ten photographs of buddiesofbudgie/budgie-backgrounds, CC0.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import tempfile

import numpy as np

import end_to_end
import page
import restore_pictures as pictures
import restore_tables
from restore_pictures import chroma, luminance, psnr

PAGE = os.path.join(pictures.HERE, '../../plugin/docs/restore.md')
MODEL = os.path.join(pictures.HERE, '../../plugin/models/photo')
KINDS = ('known', 'white', 'files', 'polyu', 'jpeg', 'grey', 'untouched',
         'estimate', 'time')
ESTIMATED = (5, 10, 15, 25, 35, 50, 75)


class Tool:
    def __init__(self, args):
        self.args = args

    def run(self, case, *more):
        """The restored picture, and what was printed of the noise."""
        out = os.path.join(self.args.scratch, 'out' + (
            '.tif' if case.path.endswith('.tif') else '.png'))
        command = [self.args.tool, 'restore', case.path, '-o', out, '-m',
                   MODEL, '-t', str(self.args.threads), *more]
        said = subprocess.run(command, check=True, text=True,
                              stdout=subprocess.PIPE).stdout
        return (pictures.read_float(out) if out.endswith('.tif')
                else pictures.read(out)), said


def noise_said(said):
    return float(re.search(r': noise (\S+) of 255', said)[1])


def noise_in(case):
    """The deviation of the channel that has most, as it is in the file."""
    return float((case.noisy - case.clean).std((0, 1)).max())


def denoised(tool, cases):
    for case in cases:
        result, said = tool.run(case)
        yield case, {'before': psnr(case.noisy, case.clean),
                     'after': psnr(result, case.clean),
                     'noise': noise_said(said)}


def known(args):
    """Through the engine, which is told the level: no channel is measured, and
    nothing beyond the range is given back."""
    program = os.path.join(os.path.dirname(args.tool),
                           '../../tests/bench/bench-restore')
    planes, out = (os.path.join(args.scratch, n) for n in ('in', 'out'))
    for case in pictures.white(args, True):
        height, width, _ = case.noisy.shape
        scaled = (case.noisy / 127.5 - 1).astype('<f4')
        scaled.transpose(2, 0, 1).tofile(planes)
        subprocess.run([program, MODEL, str(width), str(height),
                        str(int(case.row) / 127.5), planes, out], check=True)
        result = np.fromfile(out, '<f4').reshape(3, height, width)
        yield case, {'before': psnr(case.noisy, case.clean),
                     'after': psnr((result.transpose(1, 2, 0) + 1) * 127.5,
                                   case.clean)}


def compressed(tool, cases):
    for case in cases:
        result, said = tool.run(case)
        y = luminance(case.clean)
        yield case, {'before': psnr(luminance(case.noisy), y),
                     'after': psnr(luminance(result), y),
                     'chroma before': psnr(chroma(case.noisy),
                                           chroma(case.clean)),
                     'chroma after': psnr(chroma(result), chroma(case.clean)),
                     'noise': noise_said(said)}


def untouched(tool, args):
    for kind in ('large', 'Kodak'):
        for case in pictures.untouched(args, kind):
            result, said = tool.run(case)
            yield case, {'after': psnr(result, case.clean),
                         'noise': noise_said(said)}


def estimated(tool, args):
    """With no noise taken out, which takes less time."""
    for case in pictures.white(args, False, ESTIMATED):
        _, said = tool.run(case, '--amount', '0')
        yield case, {'noise': noise_said(said), 'true': int(case.row)}
    for kind in ('Poisson-Gaussian', 'mosaic and JPEG'):
        for case in pictures.known_noise(args, kind):
            _, said = tool.run(case, '--amount', '0')
            yield case, {'noise': noise_said(said), 'true': noise_in(case)}


def cpu_seconds():
    """Of all programs that have been run."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def timed(args):
    """A photograph with noise of 10 of 255, as large as that."""
    for size in ('12 MP', '24 MP'):
        x = pictures.read(end_to_end.picture(size))
        x += np.random.default_rng(12).normal(0, 10, x.shape)
        path = os.path.join(args.scratch, 'large.png')
        pictures.write_png(path, x)
        del x
        before = cpu_seconds()
        result = end_to_end.spawn(
            [args.tool, 'restore', path, '-m', MODEL, '-t', '2', '-o',
             os.path.join(args.scratch, 'restored.png')])
        case = pictures.Case(size, 'mountain-lake', None, None, path)
        yield case, {'seconds': result[0], 'MiB': result[1],
                     'CPU seconds': cpu_seconds() - before,
                     'cpu': os.environ.get('DIF_CPU', 'the best'),
                     'load': page.load()}


def measured(kind, args):
    tool = Tool(args)
    if kind == 'known':
        return known(args)
    if kind == 'white':
        return denoised(tool, pictures.white(args, True))
    if kind == 'files':
        return denoised(tool, pictures.white(args, False))
    if kind == 'polyu':
        return denoised(tool, pictures.polyu(args))
    if kind in ('jpeg', 'grey'):
        return compressed(tool, pictures.jpeg(args, kind == 'grey'))
    if kind == 'untouched':
        return untouched(tool, args)
    if kind == 'estimate':
        return estimated(tool, args)
    return timed(args)


def load(path):
    if not os.path.exists(path):
        return {}
    with open(path) as f:
        return json.load(f)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('out')
    for folder in ('kodak', 'large', 'polyu'):
        parser.add_argument('--' + folder)
    parser.add_argument('--tool', default='gimp-diffusion')
    parser.add_argument('--threads', type=int, default=0)
    parser.add_argument('--only', default=','.join(KINDS))
    parser.add_argument('--page', action='store_true')
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    path = os.path.join(args.out, 'ours.json')
    results = load(path)
    with tempfile.TemporaryDirectory() as args.scratch:
        for kind in [] if args.page else args.only.split(','):
            found = results[kind] = {}
            for case, values in measured(kind, args):
                found.setdefault(case.row, {})[case.name] = {
                    k: round(v, 3) if isinstance(v, float) else v
                    for k, v in values.items()}
                print(kind, case.row, case.name, found[case.row][case.name],
                      flush=True)
                with open(path, 'w') as f:
                    json.dump(results, f, indent=1)
    page.write(PAGE, 'restore', restore_tables.blocks(
        results, load(os.path.join(args.out, 'rivals.json'))))


if __name__ == '__main__':
    main()
