# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a trained network as the folder that the diffusers library would
save and the engine reads, in float16; and carries weights in small parts.

    python3 export.py model STATE FOLDER [--credits CREDITS.tsv] [--name NAME]
    python3 export.py parts FOLDER OUT [--max-mb 15]
    python3 export.py join PARTS FOLDER

STATE is train.py's state.pt, of which the running mean of the weights is
taken.  `parts` cuts a model folder's weights into safetensors files of at
most so many megabytes and puts the JSON files beside them; `join` is the way
back.
"""

import argparse
import json
import os
import shutil
import sys

import torch
from safetensors.torch import load_file, save_file

from prepare import EXCLUDED, N_OCTAVES, bare

WEIGHTS = os.path.join('unet', 'diffusion_pytorch_model.safetensors')
JSON = ('model_index.json', os.path.join('unet', 'config.json'),
        os.path.join('scheduler', 'scheduler_config.json'))

SCHEDULER = {
    '_class_name': 'DDPMScheduler', '_diffusers_version': '0.32.0',
    'beta_end': 0.02, 'beta_schedule': 'squaredcos_cap_v2',
    'beta_start': 0.0001, 'clip_sample': False, 'clip_sample_range': 1.0,
    'dynamic_thresholding_ratio': 0.995, 'num_train_timesteps': 1000,
    'prediction_type': 'v_prediction', 'rescale_betas_zero_snr': False,
    'sample_max_value': 1.0, 'steps_offset': 0, 'thresholding': False,
    'timestep_spacing': 'leading', 'trained_betas': None,
    'variance_type': 'fixed_small',
}


def write_json(path, value):
    os.makedirs(os.path.dirname(path) or '.', exist_ok=True)
    with open(path, 'w') as f:
        json.dump(value, f, indent=2, sort_keys=True)
        f.write('\n')


def half(name, tensor):
    tensor = tensor.half().contiguous()
    if not torch.isfinite(tensor).all():
        sys.exit(f'{name}: does not fit float16')
    return tensor


def write_model(state, folder, name='Photo'):
    """The folder of a Trainer's state(); the number of values."""
    tensors = {k: half(k, v.cpu()) for k, v in state['ema'].items()}
    index = {
        '_class_name': 'DDPMPipeline', '_diffusers_version': '0.32.0',
        'scheduler': ['diffusers', 'DDPMScheduler'],
        'unet': ['diffusers', 'UNet2DModel'],
        'pixel_unshuffle': state['unshuffle'],
        'octaves': N_OCTAVES,
        'license': 'CC-BY-SA-4.0', 'name': name,
    }
    # Between the octaves and "unknown", the last.
    for number, key in enumerate(('camera_label', 'jpeg_label'), N_OCTAVES):
        if state['config']['num_class_embeds'] > number + 1:
            index[key] = number
    for path, value in zip(JSON, (index, state['config'], SCHEDULER)):
        write_json(os.path.join(folder, path), value)
    save_file(tensors, os.path.join(folder, WEIGHTS), {'format': 'pt'})
    return sum(t.numel() for t in tensors.values())


def model(args):
    state = torch.load(args.state, map_location='cpu', weights_only=True)
    values = write_model(state, args.folder, args.name)
    if args.credits:
        credits(args.credits, os.path.join(args.folder, 'CREDITS.tsv'))
    print(f"{values} values, from step {state['step']}, "
          f"{state['mpx']:.0f} megapixels, {state['minutes']:.0f} minutes")


def credits(source, target):
    """The lines of the photos that were trained on."""
    with open(source) as f:
        lines = f.read().splitlines()
    split = lines[0].split('\t').index('split')
    keep = [line for line in lines[1:] if line.split('\t')[split] == 'train'
            and bare(line.split('\t')[0]) not in EXCLUDED]
    with open(target, 'w') as f:
        f.write('\n'.join([lines[0]] + keep) + '\n')


def copy_json(source, target):
    for path in JSON:
        where = os.path.join(target, path)
        os.makedirs(os.path.dirname(where), exist_ok=True)
        shutil.copyfile(os.path.join(source, path), where)


def write_parts(folder, out, max_mb):
    """The number of parts"""
    copy_json(folder, out)
    limit = max_mb * 10 ** 6 - 2 ** 18   # room for the header
    groups, used = [{}], 0
    for name, tensor in load_file(os.path.join(folder, WEIGHTS)).items():
        size = tensor.numel() * tensor.element_size()
        if size > limit:
            sys.exit(f'{name}: larger than a part')
        if used + size > limit:
            groups.append({})
            used = 0
        groups[-1][name] = tensor
        used += size
    for number, group in enumerate(groups):
        save_file(group, os.path.join(out, f'part-{number:02d}.safetensors'))
    return len(groups)


def parts(args):
    print(f'{write_parts(args.folder, args.out, args.max_mb)} parts')


def join(args):
    copy_json(args.parts, args.folder)
    tensors = {}
    for name in sorted(os.listdir(args.parts)):
        if name.startswith('part-') and name.endswith('.safetensors'):
            tensors.update(load_file(os.path.join(args.parts, name)))
    if not tensors:
        sys.exit(f'{args.parts}: no parts')
    save_file(tensors, os.path.join(args.folder, WEIGHTS), {'format': 'pt'})
    print(f'{len(tensors)} tensors')


def main():
    p = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = p.add_subparsers(required=True)
    c = commands.add_parser('model')
    c.add_argument('state')
    c.add_argument('folder')
    c.add_argument('--credits')
    c.add_argument('--name', default='Photo')
    c.set_defaults(run=model)
    c = commands.add_parser('parts')
    c.add_argument('folder')
    c.add_argument('out')
    c.add_argument('--max-mb', type=float, default=15)
    c.set_defaults(run=parts)
    c = commands.add_parser('join')
    c.add_argument('parts')
    c.add_argument('folder')
    c.set_defaults(run=join)
    args = p.parse_args()
    args.run(args)


if __name__ == '__main__':
    main()
