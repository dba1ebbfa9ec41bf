# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the small folders that golden-unet reads, with the diffusers library
(0.40.0.dev0, commit 58eb52c) and PyTorch:

    python3 make-unet.py FOLDER

Each holds a variant of UNet2DModel that the larger folders leave out.  The
weights are random and stored in half precision, which is what they are
rounded to before the library runs, in float32.  For each key of `marks` the
library is run once more with that key as it is by default: the outputs have
to differ, or the folder would not show that the key is heeded.
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


def main(folder):
    for name, (keys, marks) in VARIANTS.items():
        config = dict(BASE, **keys)
        net = make(config)
        state = net.state_dict()
        case = {'sample': torch.randn(3, 3, 16, 8),
                'timestep': torch.tensor([0, 417, 999])}
        if net.class_embedding is not None:
            case['class_labels'] = torch.tensor([4, 0, 2])
        case['output'] = run(net, case)
        for key in marks:
            plain = {k: v for k, v in config.items() if k != key}
            error = (run(make(plain, state), case) - case['output']).abs()
            assert error.max() > 1e-3 * case['output'].abs().max(), (name, key)
        out = os.path.join(folder, name)
        os.makedirs(out, exist_ok=True)
        with open(os.path.join(out, 'config.json'), 'w') as f:
            json.dump(dict(net.config), f, indent=2, sort_keys=True)
            f.write('\n')
        save_file({k: v.half().contiguous() for k, v in state.items()},
                  os.path.join(out, 'diffusion_pytorch_model.safetensors'))
        save_file({k: v.contiguous() for k, v in case.items()},
                  os.path.join(out, 'case0.safetensors'))


if __name__ == '__main__':
    main(sys.argv[1])
