# SPDX-License-Identifier: GPL-3.0-or-later
"""Normalisation, scale, shift and SiLU in one go, for training on a CPU in
bfloat16: builds fused.c with the system's C compiler, for this machine.

    python3 fused.py check    compare with PyTorch's own operations
"""

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile

import torch

MAX_CHANNELS = 2048

_library = None


def available():
    """Builds and loads the library; whether that worked."""
    global _library
    if _library:
        return True
    compiler = next(filter(None, map(shutil.which, ('cc', 'gcc', 'clang'))),
                    None)
    if not compiler:
        return False
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                          'fused.c')
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'fused.so')
        done = subprocess.run([compiler, '-O3', '-march=native',
                               '-ffast-math', '-fopenmp', '-shared', '-fPIC',
                               '-o', path, source], capture_output=True)
        if done.returncode:
            return False
        _library = ctypes.CDLL(path)
    pointer, long, number = ctypes.c_void_p, ctypes.c_long, ctypes.c_int
    _library.norm_silu.argtypes = (
        [pointer] * 6 + [long, long, number, number, ctypes.c_float])
    _library.norm_silu.restype = None
    _library.norm_silu_gradient.argtypes = (
        [pointer] * 9 + [long, long, number, number])
    return True


def usable(x):
    return (_library is not None and x.device.type == 'cpu'
            and x.dtype == torch.bfloat16 and x.shape[1] <= MAX_CHANNELS)


class NormSilu(torch.autograd.Function):
    """SiLU (x̂ gain + shift): x [B,C,H,W] in bfloat16; gain, shift [B,C] in
    float32."""

    @staticmethod
    def forward(ctx, x, gain, shift, groups, eps):
        x = x.contiguous(memory_format=torch.channels_last)
        gain, shift = gain.contiguous(), shift.contiguous()
        batch, channels, height, width = x.shape
        y = torch.empty_like(x)
        mean, rstd = torch.empty_like(gain), torch.empty_like(gain)
        _library.norm_silu(
            x.data_ptr(), gain.data_ptr(), shift.data_ptr(), y.data_ptr(),
            mean.data_ptr(), rstd.data_ptr(), batch, height * width, channels,
            groups, eps)
        ctx.save_for_backward(x, gain, shift, mean, rstd)
        ctx.groups = groups
        return y

    @staticmethod
    def backward(ctx, dy):
        x, gain, shift, mean, rstd = ctx.saved_tensors
        dy = dy.to(torch.bfloat16).contiguous(
            memory_format=torch.channels_last)
        batch, channels, height, width = x.shape
        dx, dgain, dshift = map(torch.empty_like, (x, gain, shift))
        if _library.norm_silu_gradient(
                x.data_ptr(), gain.data_ptr(), shift.data_ptr(),
                mean.data_ptr(), rstd.data_ptr(), dy.data_ptr(),
                dx.data_ptr(), dgain.data_ptr(), dshift.data_ptr(), batch,
                height * width, channels, ctx.groups):
            raise MemoryError('no memory for the gradient of a normalisation')
        return dx, dgain, dshift, None, None


def norm_silu(x, norm, scale=None, shift=None):
    """What unet.norm_silu gives, of a nn.GroupNorm and [B,C,1,1] tensors."""
    gain, offset = norm.weight.float()[None], norm.bias.float()[None]
    if scale is not None:
        one = 1 + scale.flatten(1).float()
        gain, offset = gain * one, offset * one + shift.flatten(1).float()
    shape = x.shape[:2]
    return NormSilu.apply(x, gain.expand(shape), offset.expand(shape),
                          norm.num_groups, norm.eps)


def check():
    """Largest error of values and gradients, relative to the largest value,
    against PyTorch in float32, and that of PyTorch in bfloat16."""
    import torch.nn.functional as F
    torch.manual_seed(1)
    worst = {}
    for channels, groups, height, width, mean in (
            (64, 16, 32, 32, 0), (80, 16, 7, 5, 3), (160, 16, 16, 16, 0.5),
            (16, 16, 1, 3, 0), (48, 3, 9, 1, -2)):
        norm = torch.nn.GroupNorm(groups, channels)
        torch.nn.init.normal_(norm.weight)
        torch.nn.init.normal_(norm.bias)
        x = (torch.randn(3, channels, height, width) + mean).bfloat16()
        x = x.contiguous(memory_format=torch.channels_last)
        weight = torch.randn(x.shape).bfloat16()
        scale, shift = (torch.randn(3, channels, 1, 1) for _ in range(2))

        def run(kind):
            a = (x.float() if kind == 'float32' else x.clone())
            leaves = [a.requires_grad_(), *(v.clone().requires_grad_()
                                            for v in (scale, shift))]
            norm.zero_grad()
            if kind == 'fused':
                y = norm_silu(leaves[0], norm, *leaves[1:])
            else:
                n = norm if kind == 'float32' else norm.bfloat16()
                y = F.silu(n(leaves[0]) * (1 + leaves[1]) + leaves[2])
            (y.float() * weight.float()).sum().backward()
            out = [v.detach().float().clone() for v in
                   [y] + [v.grad for v in leaves]
                   + [norm.weight.grad, norm.bias.grad]]
            norm.float()
            return out

        exact = run('float32')
        for kind in ('fused', 'bfloat16'):
            for name, a, b in zip('y dx dscale dshift dweight dbias'.split(),
                                  run(kind), exact):
                e = float((a - b).abs().max() / b.abs().max())
                key = kind, name
                worst[key] = max(worst.get(key, 0), e)
    for (kind, name), e in worst.items():
        print(f'{kind}: {name} {e:.1e}')
    return max(e for (kind, _), e in worst.items() if kind == 'fused') < 0.01


if __name__ == '__main__':
    if sys.argv[1:] != ['check']:
        sys.exit(__doc__)
    if not available():
        sys.exit('no C compiler')
    sys.exit(not check())
