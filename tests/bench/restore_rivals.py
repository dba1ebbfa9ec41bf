# SPDX-License-Identifier: GPL-3.0-or-later
"""What others make of the pictures of restore.py, each at the setting that is
best for the picture, which only who knows the clean one can choose.

    python3 restore_rivals.py OUT --kodak FOLDER --polyu FOLDER [--only ...]

OUT is a folder; it gets rivals.json, which later calls add to.  It takes gegl,
gmic and python3-opencv.  All pictures are of one thread; of Kodak every third.
"""

import argparse
import json
import os
import subprocess
import tempfile

import cv2
import numpy as np

import restore_pictures as pictures
from restore_pictures import levels, luminance, psnr

EVERY_KODAK, EVERY_POLYU = 3, 4
QUALITIES = (10, 30)

# In order, tried from the one in the middle as far as they get better.
STRENGTHS = [round(1.25 ** i, 2) for i in range(2, 22)]


def call(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL,
                   env=os.environ | {'GEGL_THREADS': '1',
                                     'OMP_NUM_THREADS': '1'})


class Rivals:
    def __init__(self, scratch):
        self.before = os.path.join(scratch, 'before')
        self.after = os.path.join(scratch, 'after')

    def gegl(self, x, *operation):
        pictures.write_float(self.before + '.tif', x)
        call('gegl', self.before + '.tif', '-o', self.after + '.tif', '--',
             *operation)
        return pictures.read_float(self.after + '.tif')

    def noise_reduction(self, x, iterations):
        return self.gegl(x, 'gegl:noise-reduction', f'iterations={iterations}')

    def denoise_dct(self, x, sigma):
        return self.gegl(x, 'gegl:denoise-dct', 'patch-size=size8x8',
                         f'sigma={sigma}')

    def gmic(self, x, *command):
        height, width, _ = x.shape
        with open(self.before + '.cimg', 'wb') as f:
            f.write(b'1 float32 little_endian\n%d %d 1 3\n' % (width, height))
            f.write(x.transpose(2, 0, 1).astype('<f4').tobytes())
        call('gmic', self.before + '.cimg', *command, '-o',
             self.after + '.cimg')
        with open(self.after + '.cimg', 'rb') as f:
            data = f.read().split(b'\n', 2)[2]
        return np.frombuffer(data[:12 * width * height], '<f4').reshape(
            3, height, width).transpose(1, 2, 0)

    def patches(self, x, strength):
        return self.gmic(x, '-denoise', f'10,{strength},7,15,1,0')

    def means(self, x, bandwidth):
        return self.gmic(x, '-nlmeans', f'4,4,{bandwidth}')

    def patch_pca(self, x, strength):
        return self.gmic(x, '-denoise_patchpca', f'{strength},5,9,5')

    def opencv(self, x, h):
        return cv2.fastNlMeansDenoisingColored(levels(x), None, h, h, 7, 21)

    def all(self):
        """(name, function, settings, whether it is slow: the best setting is
        then that of a part from the middle)"""
        return [
            ('GEGL noise-reduction', self.noise_reduction, range(1, 17),
             False),
            ('GEGL denoise-dct', self.denoise_dct, STRENGTHS, False),
            ("G'MIC denoise", self.patches, STRENGTHS, True),
            ("G'MIC nlmeans", self.means, STRENGTHS, False),
            ('OpenCV fastNlMeansDenoisingColored', self.opencv, STRENGTHS,
             False),
            ("G'MIC denoise_patchpca", self.patch_pca,
             [round(1.25 ** i, 2) for i in range(-2, 16)], True),
        ]


def versions():
    def first(*command):
        text = subprocess.run(command, capture_output=True, text=True,
                              check=False)
        return (text.stdout + text.stderr).split('\n', 1)[0].split()[-1]
    found = {name: first('dpkg-query', '-W', '-f', '${Package} ${Version}\n',
                         name) for name in ('gegl', 'gmic')}
    return found | {'opencv': cv2.__version__}


def middle(x, side=160):
    top, left = ((n - side) // 2 for n in x.shape[:2])
    return x[top:top + side, left:left + side]


def best(function, settings, noisy, clean, score, part, at):
    """(score, setting): uphill from the setting numbered at."""
    x, y = (middle(noisy), middle(clean)) if part else (noisy, clean)
    scores = {}

    def of(i):
        if i not in scores:
            scores[i] = (score(function(x, settings[i]), y)
                         if 0 <= i < len(settings) else -1)
        return scores[i]
    while True:
        step = max((at - 1, at + 1), key=of)
        if of(step) <= of(at):
            break
        at = step
    found = score(function(noisy, settings[at]), clean) if part else of(at)
    return found, at


def cases(kind, args):
    if kind == 'polyu':
        return pictures.polyu(args, EVERY_POLYU)
    if kind == 'white':
        return pictures.white(args, True, every=EVERY_KODAK)
    return pictures.jpeg(args, False, QUALITIES, EVERY_KODAK)


def scores(kind):
    if kind == 'jpeg':
        return lambda a, b: psnr(luminance(a.astype(np.float32)), luminance(b))
    return psnr


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('out')
    parser.add_argument('--kodak')
    parser.add_argument('--polyu')
    parser.add_argument('--only', default='polyu,white,jpeg')
    parser.add_argument('--slow', action='store_true',
                        help='those that take half a minute a picture')
    args = parser.parse_args()
    cv2.setNumThreads(1)
    os.makedirs(args.out, exist_ok=True)
    path, results = os.path.join(args.out, 'rivals.json'), {}
    if os.path.exists(path):
        with open(path) as f:
            results = json.load(f)
    results['versions'] = versions()
    with tempfile.TemporaryDirectory() as args.scratch:
        for kind in args.only.split(','):
            starts = {}
            for case in cases(kind, args):
                for name, function, settings, part in Rivals(
                        args.scratch).all():
                    if part != args.slow:
                        continue
                    start = starts.get((name, case.row), len(settings) // 2)
                    found, at = best(function, settings, case.noisy,
                                     case.clean, scores(kind), part, start)
                    starts[name, case.row] = at
                    results.setdefault(kind, {}).setdefault(
                        case.row, {}).setdefault(name, {})[case.name] = [
                            round(found, 3), settings[at]]
                    print(kind, case.row, case.name, name, f'{found:.2f}',
                          settings[at], flush=True)
                with open(path, 'w') as f:
                    json.dump(results, f, indent=1)


if __name__ == '__main__':
    main()
