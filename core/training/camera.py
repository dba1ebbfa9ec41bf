# SPDX-License-Identifier: GPL-3.0-or-later
"""Noise as cameras and files leave it: stronger where the sensor saw more or
less light, smeared by the interpolation of a Bayer mosaic and by softening,
with coarse colour, compressed by JPEG; topped up with white noise to an even
level.  The network learns it under a label of its own.
"""

import functools
import math

import torch
import torch.nn.functional as F

TAPS = 13   # of the softest blur

# The example tables of the JPEG standard (ITU-T T.81, annex K.1).
LUMINANCE = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99)
CHROMINANCE = (
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
    24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99)


@functools.cache
def constants(device):
    """On a device, for copying there makes it wait: the taps' places [TAPS],
    the kernels [3,1,3,3] of bilinear interpolation, the quantisation tables
    [3,8,8] and the matrix [8,8] of the discrete cosine transform."""
    at = torch.arange(float(TAPS)) - TAPS // 2
    ends = torch.tensor([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 4
    green = torch.tensor([[0, 1, 0], [1, 4, 1], [0, 1, 0]]) / 4
    tables = torch.tensor([LUMINANCE, CHROMINANCE, CHROMINANCE]).float()
    k = torch.arange(8.0)
    dct = torch.cos(math.pi * (2 * k[None] + 1) * k[:, None] / 16) / 2
    dct[0] /= math.sqrt(2)
    return [c.to(device) for c in (
        at, torch.stack([ends, green, ends])[:, None],
        tables.view(3, 8, 8), dct)]


def blurred(x, radius):
    """x [B,C,H,W] through a Gaussian of deviation radius [B] pixels."""
    batch, channels, height, width = x.shape
    at = constants(x.device)[0]
    kernel = torch.exp(-at ** 2 / (2 * radius[:, None] ** 2 + 1e-6))
    kernel = kernel / kernel.sum(1, keepdim=True)
    kernel = kernel.repeat_interleave(channels, 0)[:, None]
    x = x.reshape(1, batch * channels, height, width)
    for shape, pad in (((TAPS, 1), (0, 0, TAPS // 2, TAPS // 2)),
                       ((1, TAPS), (TAPS // 2, TAPS // 2, 0, 0))):
        x = F.conv2d(F.pad(x, pad, 'reflect'),
                     kernel.reshape(-1, 1, *shape), groups=batch * channels)
    return x.reshape(batch, channels, height, width)


def demosaiced(x):
    """What bilinear interpolation makes of the values of x [B,3,H,W] that a
    Bayer mosaic keeps; it is linear, so noise alone can be sent through."""
    height, width = x.shape[2:]
    even = torch.arange(max(height, width), device=x.device) % 2 == 0
    row, column = even[:height, None], even[None, :width]
    mosaic = torch.stack([row & column, row ^ column, ~row & ~column])
    return F.conv2d(F.pad(x * mosaic, (1, 1, 1, 1), 'reflect'),
                    constants(x.device)[1], groups=3)


def compressed(x, quality):
    """x [B,3,H,W] in [-1,1] after JPEG at quality [B] in 1..100, colour at
    full resolution; sides are multiples of 8.  Values may leave [-1,1]."""
    batch, _, height, width = x.shape
    r, g, b = (x * 127.5).unbind(1)
    y = 0.299 * r + 0.587 * g + 0.114 * b
    planes = torch.stack([y, (b - y) / 1.772, (r - y) / 1.402], 1)
    _, _, tables, dct = constants(x.device)
    scale = torch.where(quality < 50, 50 / quality, 2 - quality / 50)
    steps = tables[None, :, None, None] * scale.view(-1, 1, 1, 1, 1, 1)
    steps = steps.round().clamp(1, 255)
    blocks = planes.view(batch, 3, height // 8, 8, width // 8, 8)
    blocks = blocks.transpose(3, 4)
    blocks = dct @ blocks @ dct.T
    blocks = dct.T @ ((blocks / steps).round() * steps) @ dct
    y, cb, cr = blocks.transpose(3, 4).reshape(
        batch, 3, height, width).unbind(1)
    r, b = y + 1.402 * cr, y + 1.772 * cb
    g = (y - 0.299 * r - 0.114 * b) / 0.587
    return torch.stack([r, g, b], 1) / 127.5


def _uniform(low, high, shape, device):
    return low + (high - low) * torch.rand(shape, device=device)


def _sensor(shape, device):
    """Noise of deviation 1 per picture and channel, as sensors and raw
    converters leave it."""
    batch = shape[0]
    noise = torch.randn(shape, device=device)
    pick = torch.rand(batch, 1, 1, 1, device=device)
    noise = torch.where(pick < 0.4, demosaiced(noise), noise)
    fine = _uniform(0, 1, batch, device)
    coarse = fine + _uniform(0, 1.6, batch, device)
    grey = blurred(noise, fine)
    grey = grey / grey.std((1, 2, 3), keepdim=True)
    colour = blurred(noise, coarse)
    colour = colour - colour.mean(1, keepdim=True)
    colour = colour / colour.std((1, 2, 3), keepdim=True)
    share = _uniform(0, 1, (batch, 1, 1, 1), device)
    mixed = ((1 - share) * grey + share * colour)
    mixed = mixed / mixed.std((2, 3), keepdim=True)
    return torch.where(torch.rand(batch, 1, 1, 1, device=device) < 0.85,
                       mixed, grey / grey.std((2, 3), keepdim=True))


def noise(x0, sigma):
    """Noise of mean square 1 for pictures x0 [B,3,H,W] in [-1,1], of which it
    will be sigma [B] times: noise of a camera and a file, and white noise
    that tops it up to that level."""
    batch, device = len(x0), x0.device
    level = sigma.view(-1, 1, 1, 1)
    share = _uniform(0.2, 0.98, (batch, 3, 1, 1), device)
    slope = _uniform(-1, 1, (batch, 1, 1, 1), device)
    grey = x0.mean(1, keepdim=True)
    variance = share * (1 + slope * grey) / (1 + slope.abs())
    white = torch.randn_like(x0)
    raw = variance.sqrt() * _sensor(x0.shape, device)
    plain = raw + (1 - variance).sqrt() * white
    error = (compressed(x0 + level * raw,
                        _uniform(50, 96, batch, device)) - x0) / level
    power = error.square().mean((2, 3), keepdim=True)
    error = error * (0.98 / power.clamp(min=0.98)).sqrt()
    filed = error + (1 - power.clamp(max=0.98)).sqrt() * white
    return torch.where(torch.rand(batch, 1, 1, 1, device=device) < 0.5,
                       plain, filed)
