# SPDX-License-Identifier: GPL-3.0-or-later
"""What golden-unet, golden-scheduler and golden-patches must not pass: a NaN
wherever it lies, in what is expected or in what comes of the input, also
where other values and other cases are right, and a value that is a little
off.

    notices.py GOLDEN-UNET FOLDER GOLDEN-SCHEDULER FOLDER GOLDEN-PATCHES FILE
"""

import json
import math
import os
import shutil
import struct
import subprocess
import sys
import tempfile


def change(path, tensor, place, how):
    """Puts how(value, largest magnitude) in place of one value of a float32
    tensor: the first that is not 0 from place on."""
    with open(path, 'r+b') as file:
        length = struct.unpack('<Q', file.read(8))[0]
        entry = json.loads(file.read(length))[tensor]
        assert entry['dtype'] == 'F32', entry
        begin, end = entry['data_offsets']
        file.seek(8 + length + begin)
        values = struct.unpack(f'<{(end - begin) // 4}f', file.read(end - begin))
        place %= len(values)
        while values[place] == 0:
            place += 1
        file.seek(8 + length + begin + 4 * place)
        file.write(struct.pack('<f', how(values[place], max(map(abs, values)))))


def nan(value, largest):
    return math.nan


def off(value, largest):
    return value + 0.01 * largest


def passes(program, folder):
    """Whether the program takes the folder, by its status and its words."""
    done = subprocess.run([program, folder], capture_output=True, text=True,
                          env=dict(os.environ, DIF_CPU='ref'))
    said = [line for line in done.stdout.splitlines()
            if line.startswith(('ok', 'not ok'))]
    assert len(said) == 1 and done.returncode in (0, 1), done
    assert (done.returncode == 0) == said[0].startswith('ok'), done
    print('#', said[0])
    return done.returncode == 0


def main(golden_unet, network, golden_scheduler, trajectory, golden_patches,
         patches):
    file = os.path.basename(patches)
    tests = [(golden_unet, network, None, None, 0, None, True),
             (golden_scheduler, trajectory, None, None, 0, None, True),
             (golden_patches, patches, None, None, 0, None, True)]
    for how in nan, off:
        for place in 0, -1:
            tests += [(golden_unet, network, f'case{i}.safetensors', 'output',
                       place, how, False) for i in (0, 1)]
            tests.append((golden_scheduler, trajectory,
                          'trajectory.safetensors', 'step3.prev_sample', place,
                          how, False))
            tests.append((golden_patches, patches, file, 'output', place, how,
                          False))
    tests.append((golden_unet, network, 'case0.safetensors', 'sample', 0, nan,
                  False))
    tests += [(golden_patches, patches, file, tensor, 100, nan, False)
              for tensor in ('sample', 'reference')]
    print(f'1..{len(tests)}')
    failed = 0
    for i, (program, source, file, tensor, place, how, wanted) in enumerate(tests):
        with tempfile.TemporaryDirectory() as top:
            folder = os.path.join(top, 'folder')
            if os.path.isdir(source):
                shutil.copytree(source, folder)
            else:
                os.mkdir(folder)
                shutil.copy(source, folder)
            if file:
                change(os.path.join(folder, file), tensor, place, how)
            good = passes(program, folder) == wanted
        failed += not good
        what = (f'{how.__name__} at {place} of {tensor} in {file}' if file
                else 'nothing changed')
        print('ok' if good else 'not ok', i + 1,
              os.path.basename(program) + ':', what, flush=True)
    return failed > 0


if __name__ == '__main__':
    if len(sys.argv) != 7:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
