# SPDX-License-Identifier: GPL-3.0-or-later
"""Teaches a trained network what JPEG's compression makes, under a label of its
own, and changes nothing that it does under any other.

    python3 jpeg.py DATA MODEL OUT --minutes 40

DATA is as for train.py, MODEL the folder of a network that has a label for the
noise of cameras, with which the new one begins, and OUT the folder of what is made.
The vector of time and label, which every residual block is told, gets some more
places.  Other labels keep them shut (see SHUT), so what the blocks learn of them is
the new label's alone; all other weights stay as they are.  A call with the label
gets the decoded picture as it is, nothing is topped up, and gives the mean of the
pictures that it may come from.  The timestep says how strong the compression was,
see level().
"""

import argparse
import io
import math
import os
import time

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

import fused
import unet
from camera import CHROMINANCE, LUMINANCE
from export import write_model
from prepare import N_OCTAVES
from train import Crops, alpha_bars, precision

# SiLU of it is 0.
SHUT = -1000.0

# Where the lowest frequencies are in a table of steps; core/pipeline/jpeg-blocks.c
# looks at the same ones.
LOW = [u + 8 * v for v in range(3) for u in range(3 - v)]

# Brightness in R'G'B', as JFIF has it.
LUMA = torch.tensor([0.299, 0.587, 0.114])


def level(steps):
    """The level of noise in pictures in [-1,1] that stands for a table of steps
    [64], as core/pipeline/restore.c has it."""
    return 4.0 * np.mean(np.asarray(steps)[LOW]) ** 0.32 / 127.5


# The network -----------------------------------------------------------


def longer(net, places):
    """A copy of the network with a label more, before "unknown", the last, and
    so many places more; and which values of its parameters may be trained:
    {name: mask}."""
    old = net.time_embedding.linear_2.out_features
    labels = net.config['num_class_embeds']
    if labels != N_OCTAVES + 2:
        raise SystemExit(f'the network has {labels} labels, not one for each of '
                         f'{N_OCTAVES} octaves, for cameras and for "unknown"')
    state = net.state_dict()
    new = unet.UNet(dict(net.config, num_class_embeds=labels + 1,
                         time_embedding_dim=old + places))
    masks = {}
    with torch.no_grad():
        for name, value in new.named_parameters():
            if value.shape == state[name].shape:
                value.copy_(state[name])
                continue
            value.zero_()
            mask = torch.zeros_like(value)
            if name == 'class_embedding.weight':
                was = state[name]
                value[:, :old] = torch.cat([was[:-1], was[N_OCTAVES][None],
                                            was[-1:]])
                value[:, old:] = SHUT
                value[-2, old:] = 0
                mask[-2, :old] = 1
            else:
                value[tuple(slice(n) for n in state[name].shape)] = state[name]
                if 'linear_2' in name:
                    mask[old:, ...] = 1
                    value[old:].normal_(std=0.5 if value.ndim == 1 else 0.02)
                    if value.ndim == 2:
                        value[:, old:] = mask[:, old:] = 0
                elif 'time_emb_proj' in name:
                    mask[:, old:] = 1
            masks[name] = mask
    # Of linear_1 nothing may: what it has more stays 0.
    return new, {name: m for name, m in masks.items() if m.any()}


# The data ----------------------------------------------------------------


def tables(quality, rng):
    """Such as programs of their own have: flatter than the standard's, and
    coarser."""
    scale = 50 / quality if quality < 50 else 2 - quality / 50
    flat = rng.uniform(0, 1)
    made = []
    for table in (LUMINANCE, CHROMINANCE):
        table = np.array(table, float)
        even = table[LOW].mean() * rng.uniform(1, 2)
        made.append(np.clip(np.rint(((1 - flat) * table + flat * even) * scale),
                            1, 255).astype(int).tolist())
    return made


def compressed(image, rng):
    """(the picture as bytes [H,W,3], after JPEG, steps of its brightness [64]),
    of a picture [H,W,3] of bytes.  One in seven is grey."""
    image = Image.fromarray(image)
    quality = int(math.exp(rng.uniform(math.log(5), math.log(60)))
                  if rng.random() < 0.85 else rng.integers(60, 95))
    kind = rng.random()
    if kind < 0.15:
        image = image.convert('L')
    how = {'quality': quality,
           'subsampling': '4:2:0' if kind < 0.85
           else '4:4:4' if kind < 0.95 else '4:2:2'}
    if rng.random() < 0.1:
        how['qtables'] = tables(quality, rng)
        del how['quality']
    buffer = io.BytesIO()
    image.save(buffer, 'JPEG', **how)
    decoded = Image.open(buffer)
    steps = decoded.quantization[0]
    return (np.asarray(image.convert('RGB')),
            np.asarray(decoded.convert('RGB')), steps)


class Pairs:
    """Crops of the packed photos that are whole in their finest detail, before
    and after JPEG.  In half of the pairs blocks begin where they do in a file."""

    def __init__(self, folders, crop, seed):
        self.crops = Crops(folders, 'cpu', seed)
        self.rng, self.crop = np.random.default_rng(seed), crop

    def pair(self, image):
        rng, crop = self.rng, self.crop
        clean, decoded, steps = compressed(image, rng)
        y, x = (8 * rng.integers(3, size=2) if rng.random() < 0.5
                else rng.integers(17, size=2))
        return [torch.from_numpy(a[y:y + crop, x:x + crop].copy())
                for a in (clean, decoded)] + [level(steps)]

    def draw(self, batch):
        """(pictures, the same decoded, both [B,3,crop,crop] in [-1,1], levels
        [B])"""
        images, _ = self.crops.draw(batch, self.crop + 16, clean=batch)
        images = ((images + 1) * 127.5).round().byte().permute(0, 2, 3, 1)
        clean, decoded, levels = zip(*map(self.pair, images.numpy()))
        clean, decoded = (torch.stack(a).permute(0, 3, 1, 2).float() / 127.5 - 1
                          for a in (clean, decoded))
        return clean, decoded, torch.tensor(levels)


# Training ----------------------------------------------------------------


def errors(x):
    """(mean squares of the brightness, sums of both colour differences') [B]
    of differences x [B,3,H,W]."""
    y = torch.einsum('c,bchw->bhw', LUMA, x)
    blue, red = (x[:, 2] - y) / 1.772, (x[:, 0] - y) / 1.402
    return (y.square().mean((1, 2)),
            (blue.square() + red.square()).mean((1, 2)))


class Trainer:
    def __init__(self, args):
        torch.manual_seed(args.seed)
        torch.set_num_threads(args.threads)
        fused.available()
        net, self.unshuffle, _ = unet.load(args.model)
        self.net, masks = longer(net, args.places)
        self.net.to(memory_format=torch.channels_last).requires_grad_(False)
        self.label = self.net.config['num_class_embeds'] - 2
        self.parameters = {}
        for name, value in self.net.named_parameters():
            if name in masks:
                value.requires_grad_(True)
                value.register_hook(lambda g, mask=masks[name]: g * mask)
                self.parameters[name] = value
        self.mean = {n: p.detach().clone() for n, p in self.parameters.items()}
        label = self.parameters['class_embedding.weight']
        self.optimiser = torch.optim.Adam(
            [{'params': [label], 'times': 2},
             {'params': [p for p in self.parameters.values() if p is not label],
              'times': 1}], betas=(0.9, 0.99))
        self.pairs = Pairs(args.data.split(','), args.crop, args.seed)
        abar = torch.cat([torch.ones(1), alpha_bars()])
        self.abar, self.sigma = abar, ((1 - abar) / abar).sqrt()
        self.bfloat16 = precision('auto', 'cpu')
        self.args, self.step = args, 0

    def clean(self, x, p):
        """The estimate of the picture behind x at positions p [B]."""
        abar = self.abar[p][:, None, None, None]
        x = abar.sqrt() * x
        inner = F.pixel_unshuffle(x, self.unshuffle).contiguous(
            memory_format=torch.channels_last)
        with torch.autocast('cpu', torch.bfloat16, enabled=self.bfloat16):
            v = self.net(inner, p - 1, torch.full_like(p, self.label))
        return (abar.sqrt() * x
                - (1 - abar).sqrt() * F.pixel_shuffle(v.float(), self.unshuffle))

    def train_step(self, rate):
        clean, decoded, levels = self.pairs.draw(self.args.batch)
        p = (self.sigma[None] - levels[:, None]).abs().argmin(1).clamp(min=1)
        grey, colour = errors(self.clean(decoded, p) - clean)
        was = errors(decoded - clean)[0]
        norm = (self.sigma[p].square() + was) / 2
        ((grey + self.args.colour * colour) / norm).mean().backward()
        torch.nn.utils.clip_grad_norm_(self.parameters.values(), 1.0)
        for group in self.optimiser.param_groups:
            group['lr'] = rate * group['times']
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.step += 1
        keep = min(0.998, (1 + self.step) / (10 + self.step))
        for name, p in self.parameters.items():
            self.mean[name].lerp_(p.detach(), 1 - keep)
        return float((grey / norm).mean())

    def save(self):
        write_model({'ema': {**self.net.state_dict(), **self.mean},
                     'unshuffle': self.unshuffle, 'config': self.net.config},
                    self.args.out)

    def run(self):
        args, losses = self.args, []
        begin = last = time.monotonic()
        while (done := (time.monotonic() - begin) / 60 / args.minutes) < 1:
            rate = args.rate * min(1, (self.step + 1) / 50, (1 - done) / 0.5)
            losses.append(self.train_step(rate))
            if time.monotonic() - last > 60 * args.save_every:
                last = time.monotonic()
                print(f'{self.step} {(last - begin) / 60:.1f} min '
                      f'{np.mean(losses):.4f}', flush=True)
                losses = []
                self.save()
        self.save()
        print(f'{self.step} steps')


def main():
    p = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('data')
    p.add_argument('model')
    p.add_argument('out')
    p.add_argument('--minutes', type=float, required=True)
    p.add_argument('--places', type=int, default=32,
                   help='that the vector of time and label gets')
    p.add_argument('--rate', type=float, default=3e-3)
    p.add_argument('--crop', type=int, default=128)
    p.add_argument('--batch', type=int, default=16)
    p.add_argument('--colour', type=float, default=0.15,
                   help='weight of the error of colour differences')
    p.add_argument('--seed', type=int, default=0)
    p.add_argument('--threads', type=int, default=os.cpu_count())
    p.add_argument('--save-every', type=float, default=2, help='minutes')
    args = p.parse_args()
    Trainer(args).run()


if __name__ == '__main__':
    main()
