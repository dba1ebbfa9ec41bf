# SPDX-License-Identifier: GPL-3.0-or-later
"""How natural do patches look?  Features of local structure without a trained
network: energies of Gabor filters (after Manjunath & Ma 1996) at several
scales and orientations, in luminance and two colour differences, and the
Frechet distance between two sets of them.  Also non-local means (Buades et
al. 2005), to compare with a plain denoiser.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F

PATCH = 32
SCALES = (2.5, 4.0, 7.0, 12.0)
ORIENTATIONS = 6


def _gabor_bank():
    size = 25
    y, x = np.mgrid[-(size // 2):size // 2 + 1, -(size // 2):size // 2 + 1]
    bank = []
    for wavelength in SCALES:
        sigma = 0.5 * wavelength
        envelope = np.exp(-(x * x + y * y) / (2 * sigma * sigma))
        for i in range(ORIENTATIONS):
            angle = math.pi * i / ORIENTATIONS
            along = x * math.cos(angle) + y * math.sin(angle)
            for phase in (np.cos, np.sin):
                wave = phase(2 * math.pi * along / wavelength)
                wave = wave - (wave * envelope).sum() / envelope.sum()
                bank.append(wave * envelope / envelope.sum())
    return torch.tensor(np.stack(bank), dtype=torch.float32)[:, None]


def _opponent(images):
    r, g, b = images.unbind(1)
    return torch.stack([(r + g + b) / 3, (r - g) / 2, (r + g - 2 * b) / 4], 1)


def features(images):
    """[B,3,H,W] in [-1,1] -> [patches, dimensions]: per channel, scale and
    orientation the logarithm of the mean energy; in luminance also how
    unevenly each scale's energy is spread over the patch."""
    planes = _opponent(images)
    found = []
    for channel in range(3):
        response = F.conv2d(F.pad(planes[:, channel:channel + 1],
                                  (12,) * 4, 'reflect'), _gabor_bank())
        energy = response[:, 0::2] ** 2 + response[:, 1::2] ** 2
        mean = F.avg_pool2d(energy, PATCH)
        if channel:
            mean = mean.view(len(mean), len(SCALES), ORIENTATIONS,
                             *mean.shape[2:]).mean(2)
        found.append(torch.log(mean + 1e-6))
        if channel == 0:
            scale = energy.view(len(energy), len(SCALES), ORIENTATIONS,
                                *energy.shape[2:]).mean(2)
            spread = (F.avg_pool2d(scale ** 2, PATCH)
                      / (F.avg_pool2d(scale, PATCH) ** 2 + 1e-12))
            found.append(torch.log(spread))
    return torch.cat(found, 1).permute(0, 2, 3, 1).flatten(0, 2).numpy()


def grain(images):
    """[B,3,H,W] in [-1,1] -> [B, 2, scales]: the mean energy of luminance and
    of the two colour differences at each scale, the finest first."""
    planes = _opponent(images)
    found = []
    for channel in range(3):
        response = F.conv2d(F.pad(planes[:, channel:channel + 1],
                                  (12,) * 4, 'reflect'), _gabor_bank())
        energy = response.square().mean((2, 3))
        found.append(energy.view(len(images), len(SCALES), -1).mean(2))
    return torch.stack([found[0], found[1] + found[2]], 1)


def specks(images, sources, limit=6, flat=1.5):
    """(specks, megapixels that are flat): on patches of 15 x 15 px where the
    source [B,3,H,W] deviates by less than `flat` 8-bit levels from its own
    plane, pixels whose 3 x 3 mean is the furthest of its neighbours' and in
    some channel more than `limit` levels from the patch's mean."""
    def mean(x, side):
        return F.avg_pool2d(x, side, 1)

    level = sources * 127.5
    wide = mean(level, 15)
    y, x = torch.meshgrid(*[torch.arange(-7.0, 8)] * 2, indexing='ij')
    variance = mean(level.square(), 15) - wide.square()
    for ramp in (x, y):
        kernel = (ramp / ramp.square().sum().sqrt()).expand(3, 1, 15, 15)
        variance = variance - F.conv2d(level, kernel,
                                       groups=3).square() / 225
    is_flat = (variance.amax(1) < flat ** 2)
    made = images * 127.5
    away = (mean(made, 3)[:, :, 6:-6, 6:-6] - mean(made, 15)).abs().amax(1)
    top = F.max_pool2d(away, 7, 1, 3)
    found = is_flat & (away > limit) & (away == top)
    return int(found.sum()), float(is_flat.sum()) / 1e6


def frechet(a, b):
    """Frechet distance between Gaussians fitted to two sets of features, in
    units of the second set's standard deviations."""
    from scipy.linalg import sqrtm
    spread = b.std(0) + 1e-9
    a, b = a / spread, b / spread
    ca, cb = (np.cov(s, rowvar=False) + 1e-6 * np.eye(s.shape[1])
              for s in (a, b))
    cross = sqrtm(ca @ cb).real
    return float(((a.mean(0) - b.mean(0)) ** 2).sum()
                 + np.trace(ca + cb - 2 * cross))


def non_local_means(noisy, sigma, window=10, patch=2):
    """[B,3,H,W] in [-1,1] with noise of that deviation."""
    total, weights = torch.zeros_like(noisy), 0
    padded = F.pad(noisy, (window,) * 4, 'reflect')
    height, width = noisy.shape[2:]
    side = 2 * patch + 1
    h2 = (0.45 * sigma) ** 2
    for dy in range(2 * window + 1):
        for dx in range(2 * window + 1):
            other = padded[:, :, dy:dy + height, dx:dx + width]
            distance = ((noisy - other) ** 2).mean(1, keepdim=True)
            distance = F.avg_pool2d(distance, side, 1, patch,
                                    count_include_pad=False)
            weight = torch.exp(-(distance - 2 * sigma ** 2).clamp(min=0) / h2)
            total, weights = total + weight * other, weights + weight
    return total / weights
