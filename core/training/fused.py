# SPDX-License-Identifier: GPL-3.0-or-later
"""Faster parts for training on a CPU: normalisation, scale, shift and SiLU in
one go, and, in float32, 3 x 3 convolutions by Winograd's method.  Builds
fused.c and winograd.c with the system's C compiler, for this machine.

    python3 fused.py check    compare with PyTorch's own operations
"""

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile

import torch

MAX_CHANNELS = 2048   # of fused.c
BLOCK = 16            # of winograd.c

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
    here = os.path.dirname(os.path.abspath(__file__))
    sources = [os.path.join(here, n) for n in ('fused.c', 'winograd.c')]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'fused.so')
        done = subprocess.run([compiler, '-O3', '-march=native',
                               '-ffast-math', '-fopenmp', '-shared', '-fPIC',
                               '-o', path, *sources], capture_output=True)
        if done.returncode:
            return False
        _library = ctypes.CDLL(path)
    pointer, long, number = ctypes.c_void_p, ctypes.c_long, ctypes.c_int
    _library.norm_silu.argtypes = (
        [pointer] * 6 + [long, long, number, number, ctypes.c_float, number])
    _library.norm_silu.restype = None
    _library.norm_silu_gradient.argtypes = (
        [pointer] * 9 + [long, long, number, number, number])
    _library.conv3.argtypes = [pointer] * 4 + [long] * 5 + [number]
    _library.conv3_weight_gradient.argtypes = [pointer] * 3 + [long] * 5
    return True


def usable(x):
    """Whether norm_silu can be taken for x."""
    return (_library is not None and x.device.type == 'cpu'
            and x.dtype in (torch.bfloat16, torch.float32)
            and x.shape[1] <= MAX_CHANNELS)


def usable_float32(x):
    """Whether layers over x are calculated here and in float32."""
    return (_library is not None and x.device.type == 'cpu'
            and x.dtype == torch.float32
            and not torch.is_autocast_enabled('cpu'))


def usable_conv3(x, conv):
    """Whether conv3 can be taken for x and a nn.Conv2d."""
    return (usable_float32(x) and conv.weight.dtype == torch.float32
            and conv.kernel_size == (3, 3) and conv.padding == (1, 1)
            and conv.stride == (1, 1) and conv.bias is not None
            and not (conv.in_channels % BLOCK or conv.out_channels % BLOCK))


class NormSilu(torch.autograd.Function):
    """SiLU (x̂ gain + shift): x [B,C,H,W] in bfloat16 or float32; gain, shift
    [B,C] in float32."""

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
            groups, eps, x.dtype == torch.float32)
        ctx.save_for_backward(x, gain, shift, mean, rstd)
        ctx.groups = groups
        return y

    @staticmethod
    def backward(ctx, dy):
        x, gain, shift, mean, rstd = ctx.saved_tensors
        dy = dy.to(x.dtype).contiguous(
            memory_format=torch.channels_last)
        batch, channels, height, width = x.shape
        dx, dgain, dshift = map(torch.empty_like, (x, gain, shift))
        _memory(_library.norm_silu_gradient(
                x.data_ptr(), gain.data_ptr(), shift.data_ptr(),
                mean.data_ptr(), rstd.data_ptr(), dy.data_ptr(),
                dx.data_ptr(), dgain.data_ptr(), dshift.data_ptr(), batch,
                height * width, channels, ctx.groups,
                x.dtype == torch.float32))
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


class Conv3(torch.autograd.Function):
    """3 x 3 convolution of x [B,C,H,W] with a border of one zero."""

    @staticmethod
    def forward(ctx, x, weight, bias):
        x, weight = (a.contiguous(memory_format=torch.channels_last)
                     for a in (x, weight))
        batch, cin, height, width = x.shape
        y = torch.empty((batch, len(weight), height, width),
                        memory_format=torch.channels_last)
        _memory(_library.conv3(
            x.data_ptr(), weight.data_ptr(), bias.data_ptr(), y.data_ptr(),
            batch, height, width, cin, len(weight), False))
        ctx.save_for_backward(x, weight)
        return y

    @staticmethod
    def backward(ctx, dy):
        x, weight = ctx.saved_tensors
        dy = dy.contiguous(memory_format=torch.channels_last)
        batch, cin, height, width = x.shape
        sizes = batch, height, width, cin, len(weight)
        dx, dweight = torch.empty_like(x), torch.empty_like(weight)
        _memory(_library.conv3(dy.data_ptr(), weight.data_ptr(), None,
                               dx.data_ptr(), *sizes, True))
        _memory(_library.conv3_weight_gradient(
            x.data_ptr(), dy.data_ptr(), dweight.data_ptr(), *sizes))
        return dx, dweight, dy.sum((0, 2, 3))


def conv3(x, conv):
    """What conv, a nn.Conv2d, gives of x."""
    return Conv3.apply(x, conv.weight, conv.bias)


def _memory(failed):
    if failed:
        raise MemoryError('no memory for the scratch of a layer')


def largest_error(some, exact):
    return float((some.float() - exact).abs().max() / exact.abs().max())


def larger(a, b):
    """The larger one; NaN, which max() may pass over, is the largest"""
    return a if a >= b or a != a else b


def check_norm():
    """Largest error of values and gradients, relative to the largest value,
    against PyTorch in float64: of norm_silu in both types, and of PyTorch in
    bfloat16; {(what, type): {name: error}}"""
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

        def run(fused, dtype):
            inner = torch.float32 if fused else dtype
            leaves = [a.to(d).clone().requires_grad_() for a, d in
                      ((x, dtype), (scale, inner), (shift, inner))]
            norm.to(inner).zero_grad()
            if fused:
                y = norm_silu(leaves[0], norm, *leaves[1:])
            else:
                y = torch.nn.functional.silu(
                    norm(leaves[0]) * (1 + leaves[1]) + leaves[2])
            (y.to(inner) * weight.to(inner)).sum().backward()
            return [v.detach().double().clone() for v in
                    [y] + [v.grad for v in leaves]
                    + [norm.weight.grad, norm.bias.grad]]

        exact = run(False, torch.float64)
        for fused, dtype in ((True, torch.float32), (True, torch.bfloat16),
                             (False, torch.bfloat16)):
            errors = worst.setdefault(
                ('norm_silu' if fused else 'PyTorch', dtype), {})
            for name, a, b in zip('y dx dscale dshift dweight dbias'.split(),
                                  run(fused, dtype), exact):
                errors[name] = larger(errors.get(name, 0), largest_error(a, b))
    return worst


def check_conv3():
    """The same of conv3."""
    worst = {}
    for batch, cin, cout, height, width in (
            (3, 16, 32, 7, 5), (1, 32, 16, 1, 9), (2, 48, 80, 13, 4),
            (4, 64, 64, 32, 32), (2, 320, 160, 8, 8)):
        conv = torch.nn.Conv2d(cin, cout, 3, padding=1)
        x = torch.randn(batch, cin, height, width)
        weight = torch.randn(batch, cout, height, width)

        def run(dtype):
            a = x.to(dtype).clone().requires_grad_()
            conv.to(dtype).zero_grad()
            y = conv3(a, conv) if dtype == torch.float32 else conv(a)
            (y * weight.to(dtype)).sum().backward()
            return [v.detach().double().clone() for v in
                    (y, a.grad, conv.weight.grad, conv.bias.grad)]

        exact = run(torch.float64)
        for name, a, b in zip('y dx dweight dbias'.split(),
                              run(torch.float32), exact):
            worst[name] = larger(worst.get(name, 0), largest_error(a, b))
    return {('conv3', torch.float32): worst}


def check():
    """Prints the errors; whether those of our own parts are small enough."""
    torch.manual_seed(1)
    good = True
    for (what, dtype), errors in (check_norm() | check_conv3()).items():
        print(what, dtype, *(f'{name} {e:.1e}' for name, e in errors.items()))
        limit = 1e-2 if dtype == torch.bfloat16 else 1e-4
        good &= what == 'PyTorch' or all(e < limit for e in errors.values())
    return good


if __name__ == '__main__':
    if sys.argv[1:] != ['check']:
        sys.exit(__doc__)
    if not available():
        sys.exit('no C compiler')
    sys.exit(not check())
