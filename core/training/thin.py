# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a smaller network out of a trained one, to start training from.

    python3 thin.py MODEL OUT --channels 64,80,160

Of every level it keeps the first residual block on the way down and the first
and the last on the way up, drops attention, and in levels that get narrower
keeps the channels with the largest weights, as many of each group that is
normalised together.  What is left is a rough copy that training soon mends.
"""

import argparse
import os

import torch
from safetensors.torch import save_file

import unet
from export import JSON, SCHEDULER, WEIGHTS, write_json


def levels_of(name, n):
    """(levels that make up the input channels, level of the output channels)
    of the residual block or resampler that the tensor `name` belongs to, in a
    network of n levels with one layer per block."""
    part = name.split('.')
    if part[0] == 'conv_in':
        return [None], 0
    if part[0] == 'conv_norm_out':
        return [0], 0
    if part[0] == 'conv_out':
        return [0], None
    if part[0] == 'mid_block':
        return [n - 1], n - 1
    i = int(part[1])
    if part[0] == 'down_blocks':
        first = part[2] == 'resnets' and part[3] == '0'
        return [max(i - 1, 0) if first else i], i
    level = n - 1 - i
    if part[2] == 'upsamplers':
        return [level], level
    if part[3] == '0':
        return [min(level + 1, n - 1), level], level
    return [level, max(level - 1, 0)], level


def kept(tensors, n, old, new, groups):
    """Per level the channels to keep."""
    score = [torch.zeros(c) for c in old]
    for name, w in tensors.items():
        if w.ndim == 4 and not name.startswith('conv_'):
            level = levels_of(name, n)[1]
            score[level] += w.square().sum((1, 2, 3))
    keep = []
    for s, c in zip(score, new):
        rank = s.view(groups, -1).argsort(1, descending=True)
        local = rank[:, :c // groups].sort(1)[0]
        start = torch.arange(groups)[:, None] * (len(s) // groups)
        keep.append((local + start).flatten())
    return keep


def select(name, w, n, keep, old):
    """The part of tensor w that stays."""
    inputs, output = levels_of(name, n)
    chosen, offset = [], 0
    for level in inputs:
        if level is not None:
            chosen.append(keep[level] + offset)
            offset += old[level]
    if name.split('.')[-2] in ('norm1', 'conv_norm_out'):
        return w[torch.cat(chosen)]
    if 'time_emb_proj' in name:
        return w[torch.cat([keep[output], keep[output] + old[output]])]
    if output is not None:
        w = w[keep[output]]
    if w.ndim == 4:
        inner = 'conv2' in name or 'samplers' in name
        if inner:
            w = w[:, keep[output]]
        elif chosen:
            w = w[:, torch.cat(chosen)]
    return w


def thin(net, channels):
    config = net.config
    n, old = len(channels), config['block_out_channels']
    small = dict(config, block_out_channels=channels, layers_per_block=1,
                 add_attention=False, down_block_types=['DownBlock2D'] * n,
                 up_block_types=['UpBlock2D'] * n)
    last = config['layers_per_block']
    tensors = {}
    for name, w in net.state_dict().items():
        part = name.split('.')
        if 'attentions' in part:
            continue
        if part[0] == 'up_blocks' and part[2] == 'resnets':
            if part[3] not in ('0', str(last)):
                continue
            part[3] = '0' if part[3] == '0' else '1'
        elif part[0] == 'down_blocks' and part[2:4] != ['resnets', '0'] \
                and part[2] == 'resnets':
            continue
        tensors['.'.join(part)] = w
    keep = kept(tensors, n, old, channels, config['norm_num_groups'])
    fixed = ('time_embedding', 'class_embedding')
    result = unet.UNet(small)
    result.load_state_dict({
        name: w if name.startswith(fixed) else select(name, w, n, keep, old)
        for name, w in tensors.items()})
    return result


def main():
    p = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('model')
    p.add_argument('out')
    p.add_argument('--channels', required=True)
    args = p.parse_args()
    net, unshuffle, octaves = unet.load(args.model)
    result = thin(net, [int(c) for c in args.channels.split(',')])
    index = {'_class_name': 'DDPMPipeline', '_diffusers_version': '0.32.0',
             'scheduler': ['diffusers', 'DDPMScheduler'],
             'unet': ['diffusers', 'UNet2DModel'],
             'pixel_unshuffle': unshuffle, 'octaves': octaves}
    for path, value in zip(JSON, (index, result.config, SCHEDULER)):
        write_json(os.path.join(args.out, path), value)
    save_file({k: v.half().contiguous()
               for k, v in result.state_dict().items()},
              os.path.join(args.out, WEIGHTS), {'format': 'pt'})
    gflop, n = unet.cost(result.config, unshuffle)
    print(f'{gflop:.0f} GFLOP per megapixel, {n} parameters')


if __name__ == '__main__':
    main()
