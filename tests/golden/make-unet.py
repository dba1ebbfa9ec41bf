# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the small folders that golden-unet reads, with the diffusers library
(0.40.0.dev0, commit 58eb52c) and PyTorch:

    python3 make-unet.py FOLDER [NAME...]

Each holds a variant of UNet2DModel that the larger folders leave out.  The
weights are random and stored in half precision, which is what they are
rounded to before the library runs, in float32.  For each key of `marks` the
library is run once more with that key as it is by default: the outputs have
to differ, or the folder would not show that the key is heeded.  Folders called
width-... have numbers of channels that fill no vector, in batches of 1 to 3
pictures whose sides are odd multiples of the smallest.
"""

import json
import os
import sys

import torch
from diffusers import UNet2DModel
from safetensors.torch import save_file

BASE = {
    'sample_size': 16, 'in_channels': 3, 'out_channels': 3,
    'block_out_channels': [8, 16], 'layers_per_block': 1,
    'norm_num_groups': 4, 'attention_head_dim': 8,
    'down_block_types': ['DownBlock2D', 'AttnDownBlock2D'],
    'up_block_types': ['AttnUpBlock2D', 'UpBlock2D'],
}
DOWN, UP = ['DownBlock2D'] * 3, ['UpBlock2D'] * 3
# Sides by the smallest that the network takes: batch, height, width.
ODD = [(1, 5, 3), (2, 3, 7), (3, 1, 5)]
# name: (the keys, those of them without which the output must be another)
VARIANTS = {
    'mid-scaled': (
        {'mid_block_scale_factor': 2.5, 'center_input_sample': True,
         'time_embedding_dim': 24, 'attn_norm_num_groups': 2},
        ['mid_block_scale_factor', 'center_input_sample',
         'attn_norm_num_groups']),
    'no-middle': (
        {'mid_block_type': None, 'class_embed_type': 'timestep',
         'flip_sin_to_cos': False, 'freq_shift': 1},
        ['flip_sin_to_cos', 'freq_shift']),
    'resnet-default-shift': (
        {'downsample_type': 'resnet', 'upsample_type': 'resnet',
         'block_out_channels': [8, 8, 16],
         'down_block_types': ['ResnetDownsampleBlock2D', 'AttnDownBlock2D',
                              'DownBlock2D'],
         'up_block_types': ['UpBlock2D', 'AttnUpBlock2D',
                            'ResnetUpsampleBlock2D'],
         'mid_block_scale_factor': 0.7, 'add_attention': False},
        ['mid_block_scale_factor']),
    'scale-shift-mid-norm': (
        {'resnet_time_scale_shift': 'scale_shift', 'num_class_embeds': 5,
         'attn_norm_num_groups': 8, 'mid_block_scale_factor': 1.4142},
        ['mid_block_scale_factor']),
    'width-8-24-40': (
        {'block_out_channels': [8, 24, 40], 'norm_num_groups': 8,
         'down_block_types': DOWN, 'up_block_types': UP,
         'add_attention': False},
        []),
    'width-24-40': (
        {'block_out_channels': [24, 40], 'norm_num_groups': 8},
        []),
    'width-40-24': (
        {'block_out_channels': [40, 24], 'norm_num_groups': 8,
         'layers_per_block': 3, 'resnet_time_scale_shift': 'scale_shift',
         'mid_block_type': None},
        []),
    'width-56-8': (
        {'block_out_channels': [56, 8], 'norm_num_groups': 8,
         'down_block_types': DOWN[:2], 'up_block_types': UP[:2],
         'resnet_time_scale_shift': 'scale_shift', 'mid_block_type': None},
        []),
    'width-72': (
        {'block_out_channels': [72], 'norm_num_groups': 12,
         'attention_head_dim': None, 'down_block_types': ['AttnDownBlock2D'],
         'up_block_types': ['AttnUpBlock2D'], 'mid_block_type': None},
        []),
}


def make(config, state=None):
    torch.manual_seed(1)
    net = UNet2DModel(**config).eval()
    for p in net.parameters():
        scale = 0.5 if p.dim() < 2 else 1.5 * p[0].numel() ** -0.5
        p.data = (torch.randn_like(p) * scale + (p.dim() < 2) * p.data)
        p.data = p.data.half().float()
    if state is not None:
        net.load_state_dict(state)
    return net


def run(net, case):
    with torch.no_grad():
        return net(case['sample'], case['timestep'],
                   case.get('class_labels')).sample


def make_case(net, batch, height, width):
    case = {'sample': torch.randn(batch, 3, height, width),
            'timestep': torch.tensor([0, 417, 999][:batch])}
    if net.class_embedding is not None:
        case['class_labels'] = torch.tensor([4, 0, 2][:batch])
    case['output'] = run(net, case)
    return case


def main(folder, names):
    for name in names or VARIANTS:
        keys, marks = VARIANTS[name]
        config = dict(BASE, **keys)
        net = make(config)
        state = net.state_dict()
        sizes = [(3, 16, 8)]
        if name.startswith('width-'):
            side = 2 ** (len(config['block_out_channels']) - 1)
            sizes = [(n, side * h, side * w) for n, h, w in ODD]
        cases = [make_case(net, *size) for size in sizes]
        for key in marks:
            plain = {k: v for k, v in config.items() if k != key}
            error = (run(make(plain, state), cases[0])
                     - cases[0]['output']).abs()
            assert error.max() > 1e-3 * cases[0]['output'].abs().max(), (
                name, key)
        out = os.path.join(folder, name)
        os.makedirs(out, exist_ok=True)
        with open(os.path.join(out, 'config.json'), 'w') as f:
            json.dump(dict(net.config), f, indent=2, sort_keys=True)
            f.write('\n')
        save_file({k: v.half().contiguous() for k, v in state.items()},
                  os.path.join(out, 'diffusion_pytorch_model.safetensors'))
        for i, case in enumerate(cases):
            save_file({k: v.contiguous() for k, v in case.items()},
                      os.path.join(out, f'case{i}.safetensors'))


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2:])
