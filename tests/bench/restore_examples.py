# SPDX-License-Identifier: GPL-3.0-or-later
"""Photographs before and after restoring, at 100 %: the pictures of
plugin/docs/restore.md and what stands there about them.

    python3 restore_examples.py ORIGINALS CREDITS --tool PATH

ORIGINALS is a folder of the photographs as they were published, each named
like its line of the table CREDITS (that of the bundled model), which says where
it is to be had.  They are restored whole, at default settings.
"""

import argparse
import csv
import os
import subprocess
import tempfile
from dataclasses import dataclass

from PIL import Image

import page
import restore_pictures as pictures

DOCS = os.path.join(pictures.HERE, '../../plugin/docs')
MODEL = os.path.join(pictures.HERE, '../../plugin/models/photo')
WIDTH, HEIGHT, GAP = 320, 240, 4


@dataclass
class Example:
    """at: the left and the upper edge of what is shown."""
    name: str
    source: str
    at: tuple
    text: str


EXAMPLES = (
    Example('stars', 'umate-0010', (1200, 560), 'A night sky'),
    Example('street', 'ferrari-0037', (120, 110), 'A street at night'),
    Example('face', 'osa-0388', (260, 40), 'Faces in a dark hall'),
    Example('fabric', 'osa-0403', (330, 60), 'Cloth by lamplight'),
    Example('letters', 'osa-0423', (400, 210), 'Signs in a street'),
    Example('leaves', 'osa-0052', (260, 150), 'Maize'),
    Example('print', 'osa-0175', (420, 150), 'An old print, scanned'))


def credits(path):
    with open(path, encoding='utf-8') as f:
        rows = csv.DictReader(f, delimiter='\t', quoting=csv.QUOTE_NONE)
        return {os.path.splitext(row['file'])[0]: row for row in rows}


def part(image, at):
    left, top = at
    return image.convert('RGB').crop((left, top, left + WIDTH, top + HEIGHT))


def beside(before, after, at):
    both = Image.new('RGB', (2 * WIDTH + GAP, HEIGHT), 'white')
    both.paste(part(before, at), (0, 0))
    both.paste(part(after, at), (WIDTH + GAP, 0))
    return both


def block(example, said, row):
    noise = said.split(': ', 1)[1].split(';')[0]
    credit = row['credit'].removeprefix('(credit: ').removesuffix(')')
    if row['license'] not in credit:
        credit += ', ' + row['license']
    return (f'{example.text}; measured: {noise}.\n\n'
            f'![{example.text}: before and after]'
            f'(restore-{example.name}.jpg)\n\n'
            f"*{credit}; {row['repository']}, {row['path']}.*")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('originals')
    parser.add_argument('credits')
    parser.add_argument('--tool', default='gimp-diffusion')
    args = parser.parse_args()
    rows, blocks = credits(args.credits), []
    with tempfile.TemporaryDirectory() as scratch:
        before = os.path.join(scratch, 'before.jpg')
        after = os.path.join(scratch, 'after.png')
        for example in EXAMPLES:
            original = os.path.join(args.originals, example.source)
            if os.path.lexists(before):
                os.remove(before)
            os.symlink(os.path.abspath(original), before)
            said = subprocess.run(
                [args.tool, 'restore', before, '-o', after, '-m', MODEL],
                check=True, text=True, stdout=subprocess.PIPE).stdout
            with Image.open(before) as old, Image.open(after) as new:
                beside(old, new, example.at).save(
                    os.path.join(DOCS, f'restore-{example.name}.jpg'),
                    quality=92, subsampling='4:4:4', optimize=True)
            blocks.append(block(example, said, rows[example.source]))
            print(said, end='', flush=True)
    page.write(os.path.join(DOCS, 'restore.md'), 'restore',
               {'examples': '\n\n'.join(blocks)})


if __name__ == '__main__':
    main()
