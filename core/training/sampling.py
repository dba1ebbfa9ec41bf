# SPDX-License-Identifier: GPL-3.0-or-later
"""A trained network at work, for measuring it: its prediction of the clean
picture, the forward process, and the way back by DPM-Solver++ (2M) on the noise
levels of Karras et al. 2022, which is the plug-in's default.

Positions p = 0..T of the chain: p = 0 is the clean picture, and the network
is asked about position p as timestep p - 1.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F

import unet
from train import T, alpha_bars

# What the network's levels can halve evenly, whatever the network.
MULTIPLE = 32
RHO = 7


class Model:
    def __init__(self, folder, device, bfloat16=True):
        net, self.unshuffle, self.octaves = unet.load(folder, device)
        self.net = net.to(memory_format=torch.channels_last)
        self.labels = net.config['num_class_embeds']
        self.device, self.bfloat16 = device, bfloat16
        # abar at positions 0..T
        self.abar = torch.cat([torch.ones(1), alpha_bars()])

    def v(self, x, t, label):
        """x [B,3,H,W] of any size, timesteps [B] or one, labels likewise."""
        height, width = x.shape[2:]
        padded = F.pad(x, (0, -width % MULTIPLE, 0, -height % MULTIPLE),
                       'reflect')
        t, label = (torch.as_tensor(a, device=self.device).expand(len(x))
                    for a in (t, label))
        with torch.no_grad(), torch.autocast(self.device, torch.bfloat16,
                                             enabled=self.bfloat16):
            inner = F.pixel_unshuffle(padded, self.unshuffle)
            out = self.net(inner.contiguous(
                memory_format=torch.channels_last), t, label)
        out = F.pixel_shuffle(out.float(), self.unshuffle)
        return out[:, :, :height, :width]

    def clean(self, x, p, label):
        """Predicted clean picture from x at position p = 1..T."""
        a, b = self.abar[p].sqrt(), (1 - self.abar[p]).sqrt()
        return a * x - b * self.v(x, p - 1, label)

    def forward_process(self, x0, p, noise):
        return self.abar[p].sqrt() * x0 + (1 - self.abar[p]).sqrt() * noise

    def levels(self, p, steps):
        """Noise levels sigma = sqrt((1 - abar) / abar) from position p down
        to that of position 1 (Karras et al. 2022, equation 5), and the
        timestep nearest each in log sigma."""
        sigmas = ((1 - self.abar) / self.abar).sqrt().double().numpy()[1:]
        first, last = (sigmas[i] ** (1 / RHO) for i in (p - 1, 0))
        found = np.linspace(first, last, steps) ** RHO
        timesteps = np.interp(np.log(found), np.log(sigmas), np.arange(T))
        return found, np.rint(timesteps).astype(int)

    def back(self, x, p, steps, label):
        """From x at position p to 0 by DPM-Solver++ 2M (Lu et al. 2022,
        algorithm 2) in so many network calls."""
        sigmas, timesteps = self.levels(p, min(steps, p))
        last = h_last = None
        for i, (sigma, t) in enumerate(zip(sigmas, timesteps)):
            a = 1 / math.sqrt(1 + sigma * sigma)
            d = a * x - sigma * a * self.v(x, int(t), label)
            if i + 1 == len(sigmas):
                return d.clamp(-1, 1)
            then = sigmas[i + 1]
            h = math.log(sigma / then)
            mix = d if last is None else d + (d - last) * h / (2 * h_last)
            a2 = 1 / math.sqrt(1 + then * then)
            x = (then * a2) / (sigma * a) * x - a2 * math.expm1(-h) * mix
            last, h_last = d, h

    def vary(self, x0, strength, seed, steps, label):
        """SDEdit (Meng et al. 2022): noise up to strength, then back."""
        generator = torch.Generator().manual_seed(seed)
        noise = torch.randn(x0.shape, generator=generator).to(self.device)
        p = round(strength * T)
        return self.back(self.forward_process(x0, p, noise), p, steps, label)
