# SPDX-License-Identifier: GPL-3.0-or-later
"""PyTorch's side of the benchmark: side_torch.py MODEL.  Kinds of call:

    f32             float32
    bf16            float32 weights under bfloat16 autocast
    bf16-weights    the whole network turned to bfloat16
    compiled-f32    torch.compile with frozen weights
    compiled-bf16   the same under bfloat16 autocast

All in channels_last and inference mode."""

import contextlib
import copy
import ctypes
import json
import os
import sys

import torch
from torch import nn

import side

sys.path.insert(0, os.path.join(os.path.dirname(__file__),
                                '../../core/training'))
import unet  # noqa: E402


class Torch(side.Side):
    def __init__(self, folder):
        super().__init__()
        net, _, _ = unet.load(folder)
        self.plain = net
        self.net = copy.deepcopy(net).to(memory_format=torch.channels_last)
        self.nets = {}
        self.blas = ctypes.CDLL('libopenblas.so.0')

    def network(self, kind):
        if kind in ('f32', 'bf16'):
            return self.net
        if kind not in self.nets:
            net = copy.deepcopy(self.net)
            if kind == 'bf16-weights':
                frequencies = net.freqs
                net = net.bfloat16()
                net.freqs = frequencies
                # The embedding of the timestep is made in float32.
                net.time_embedding.register_forward_pre_hook(
                    lambda module, inputs: (inputs[0].bfloat16(),))
            else:
                import torch._dynamo
                import torch._inductor.config
                torch._dynamo.config.cache_size_limit = 64
                torch._inductor.config.freezing = True
                net = torch.compile(net)
            self.nets[kind] = net
        return self.nets[kind]

    def do_call(self, kind, threads, size, batch, seconds):
        torch.set_num_threads(int(threads))
        self.blas.openblas_set_num_threads(int(threads))
        batch = int(batch)
        x = torch.from_numpy(self.sample(int(size), batch).copy())
        x = x.contiguous(memory_format=torch.channels_last)
        if kind == 'bf16-weights':
            x = x.bfloat16()
        t = torch.full((batch,), side.TIMESTEP)
        label = torch.full((batch,), side.LABEL)
        net = self.network(kind)
        cast = (torch.autocast('cpu', torch.bfloat16)
                if kind in ('bf16', 'compiled-bf16')
                else contextlib.nullcontext())

        def call():
            self.out = net(x, t, label)

        compiled = kind.startswith('compiled')
        # Compiled networks freeze their weights under no_grad alone.
        with torch.no_grad() if compiled else torch.inference_mode(), cast:
            taken = side.repeat(call, float(seconds))
        self.out = self.out.float().numpy()
        return f'{taken:.9f}'

    def do_layers(self, size):
        """[cin, cout, kernel, stride, side of the output, number, whether
        it sees the picture itself] of every convolution.  Linear layers
        over pixels are 1 x 1 convolutions."""
        found = {}

        def note(module, inputs, output):
            if isinstance(module, nn.Linear):
                if output.dim() != 3:
                    return              # of the timestep: one row
                key = (module.in_features, module.out_features, 1, 1,
                       round(output.shape[1] ** 0.5))
            else:
                key = (module.in_channels, module.out_channels,
                       module.kernel_size[0], module.stride[0],
                       output.shape[2])
            found[key] = found.get(key, 0) + 1

        hooks = [m.register_forward_hook(note) for m in self.plain.modules()
                 if isinstance(m, (nn.Conv2d, nn.Linear))]
        with torch.inference_mode():
            self.plain(torch.zeros(1, self.channels, int(size), int(size)),
                       torch.zeros(1), torch.zeros(1, dtype=torch.long))
        for hook in hooks:
            hook.remove()
        ends = (self.plain.conv_in.in_channels,
                self.plain.conv_out.out_channels)
        return json.dumps([list(k) + [n, k[0] == ends[0] or k[1] == ends[1]]
                           for k, n in found.items()])

    def do_export(self, path):
        names = {0: 'batch', 2: 'height', 3: 'width'}
        x = torch.zeros(2, self.channels, 32, 32)
        with torch.no_grad():
            torch.onnx.export(
                self.plain, (x, torch.zeros(2),
                             torch.zeros(2, dtype=torch.long)), path,
                input_names=['x', 't', 'label'], output_names=['out'],
                dynamic_axes={'x': names, 't': {0: 'batch'},
                              'label': {0: 'batch'}, 'out': names},
                opset_version=17, dynamo=False)
        return 'ok'

    def do_version(self):
        return (f'{torch.__version__}, '
                f'{torch.backends.cpu.get_cpu_capability()}')


if __name__ == '__main__':
    Torch(sys.argv[1]).serve()
