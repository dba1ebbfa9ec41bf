# SPDX-License-Identifier: GPL-3.0-or-later
"""The network in PyTorch, for training: a U-Net with residual blocks after
Ho et al. 2020 (appendix B).  Modules and tensors carry the names that the
diffusers library gives to a UNet2DModel, so the state dict of a network made
from a config.json is the content of diffusion_pytorch_model.safetensors.

    python3 unet.py check FOLDER...   compare with stored outputs
    python3 unet.py cost FOLDER...    operations per megapixel, parameters
"""

import json
import math
import os
import sys

import torch
import torch.nn.functional as F
from torch import nn

import fused


def norm_silu(x, norm, scale=None, shift=None):
    """SiLU of the normalised x, scaled by 1 + scale and shifted."""
    if fused.usable(x) and torch.is_grad_enabled():
        return fused.norm_silu(x, norm, scale, shift)
    if x.is_cuda:
        return norm_silu_by_channels(x, norm, scale, shift)
    x = norm(x)
    if scale is not None:
        x = x * (1 + scale) + shift
    return F.silu(x)


def norm_silu_by_channels(x, norm, scale=None, shift=None):
    """The same out of sums per channel, which a compiler makes two sweeps
    over channels-last memory of; groups of a few channels would be read in
    snippets."""
    shape = len(x), norm.num_groups, -1
    wide = x.float()
    mean = wide.mean((2, 3)).view(shape).mean(2, keepdim=True)
    square = (wide * wide).mean((2, 3)).view(shape).mean(2, keepdim=True)
    rstd = ((square - mean * mean).clamp(min=0) + norm.eps).rsqrt()
    gain = norm.weight.view(1, *shape[1:]) * rstd
    offset = norm.bias.view(1, *shape[1:]) - gain * mean
    gain, offset = gain.flatten(1), offset.flatten(1)
    if scale is not None:
        one = 1 + scale.flatten(1).float()
        gain, offset = gain * one, offset * one + shift.flatten(1).float()
    return F.silu(wide * gain[:, :, None, None]
                  + offset[:, :, None, None]).to(x.dtype)


class Conv3(nn.Conv2d):
    """3 x 3, with a border of zeros."""

    def __init__(self, cin, cout):
        super().__init__(cin, cout, 3, padding=1)

    def forward(self, x):
        if fused.usable_conv3(x, self) and torch.is_grad_enabled():
            return fused.conv3(x, self)
        return super().forward(x)


class Conv1(nn.Conv2d):
    """1 x 1: a linear layer over the channels of each pixel."""

    def __init__(self, cin, cout):
        super().__init__(cin, cout, 1)

    def forward(self, x):
        if fused.usable_float32(x) and torch.is_grad_enabled():
            return F.linear(x.permute(0, 2, 3, 1), self.weight.flatten(1),
                            self.bias).permute(0, 3, 1, 2)
        return super().forward(x)


class Resnet(nn.Module):
    """Residual block; up or down resample inside, as Song et al. 2021 do."""

    def __init__(self, cin, cout, c, resample=None):
        super().__init__()
        self.resample = resample
        self.scale_shift = c['resnet_time_scale_shift'] == 'scale_shift'
        groups, eps = c['norm_num_groups'], c['norm_eps']
        self.norm1 = nn.GroupNorm(groups, cin, eps)
        self.conv1 = Conv3(cin, cout)
        self.time_emb_proj = nn.Linear(
            c['time_dim'], 2 * cout if self.scale_shift else cout)
        self.norm2 = nn.GroupNorm(groups, cout, eps)
        self.conv2 = Conv3(cout, cout)
        self.conv_shortcut = Conv1(cin, cout) if cin != cout else None

    def forward(self, x, emb):
        h = norm_silu(x, self.norm1)
        if self.resample == 'down':
            x, h = F.avg_pool2d(x, 2), F.avg_pool2d(h, 2)
        elif self.resample == 'up':
            x = F.interpolate(x, scale_factor=2.0)
            h = F.interpolate(h, scale_factor=2.0)
        h = self.conv1(h)
        e = self.time_emb_proj(F.silu(emb))[:, :, None, None]
        if self.scale_shift:
            h = norm_silu(h, self.norm2, *e.chunk(2, dim=1))
        else:
            h = norm_silu(h + e, self.norm2)
        h = self.conv2(h)
        if self.conv_shortcut is not None:
            x = self.conv_shortcut(x)
        return x + h


class Attention(nn.Module):
    def __init__(self, channels, head_dim, groups, eps):
        super().__init__()
        self.heads = channels // (head_dim or channels)
        self.group_norm = (nn.GroupNorm(groups, channels, eps) if groups
                           else None)
        self.to_q = nn.Linear(channels, channels)
        self.to_k = nn.Linear(channels, channels)
        self.to_v = nn.Linear(channels, channels)
        self.to_out = nn.ModuleList([nn.Linear(channels, channels)])

    def forward(self, x):
        b, c, height, width = x.shape
        h = x if self.group_norm is None else self.group_norm(x)
        h = h.flatten(2).transpose(1, 2)

        def split(y):
            return y.view(b, -1, self.heads, c // self.heads).transpose(1, 2)

        h = F.scaled_dot_product_attention(
            split(self.to_q(h)), split(self.to_k(h)), split(self.to_v(h)))
        h = self.to_out[0](h.transpose(1, 2).reshape(b, -1, c))
        return x + h.transpose(1, 2).reshape(b, c, height, width)


class Downsample(nn.Module):
    def __init__(self, channels, padding):
        super().__init__()
        self.padding = padding
        self.conv = nn.Conv2d(channels, channels, 3, stride=2, padding=padding)

    def forward(self, x, emb):
        return self.conv(x if self.padding else F.pad(x, (0, 1, 0, 1)))


class Upsample(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = Conv3(channels, channels)

    def forward(self, x, emb):
        return self.conv(F.interpolate(x, scale_factor=2.0))


def _attentions(kind, channels, c):
    if not kind.startswith('Attn'):
        return None
    n = c['layers_per_block'] + kind.startswith('AttnUp')
    return nn.ModuleList([Attention(channels, c['attention_head_dim'],
                                    c['norm_num_groups'], c['norm_eps'])
                          for _ in range(n)])


class DownBlock(nn.Module):
    def __init__(self, kind, cin, cout, last, c):
        super().__init__()
        self.resnets = nn.ModuleList([
            Resnet(cin if i == 0 else cout, cout, c)
            for i in range(c['layers_per_block'])])
        self.attentions = _attentions(kind, cout, c)
        self.downsamplers = None
        if not last:
            inside = kind.startswith('Resnet') or (
                kind.startswith('Attn') and c['downsample_type'] == 'resnet')
            self.downsamplers = nn.ModuleList([
                Resnet(cout, cout, c, 'down') if inside
                else Downsample(cout, c['downsample_padding'])])

    def forward(self, x, emb, skips):
        for i, resnet in enumerate(self.resnets):
            x = resnet(x, emb)
            if self.attentions is not None:
                x = self.attentions[i](x)
            skips.append(x)
        if self.downsamplers is not None:
            x = self.downsamplers[0](x, emb)
            skips.append(x)
        return x


class MidBlock(nn.Module):
    def __init__(self, channels, c):
        super().__init__()
        self.resnets = nn.ModuleList([Resnet(channels, channels, c),
                                      Resnet(channels, channels, c)])
        groups = c['attn_norm_num_groups']
        if groups is None and c['resnet_time_scale_shift'] == 'default':
            groups = c['norm_num_groups']
        self.attentions = nn.ModuleList([
            Attention(channels, c['attention_head_dim'], groups, c['norm_eps'])
        ]) if c['add_attention'] else None

    def forward(self, x, emb):
        x = self.resnets[0](x, emb)
        if self.attentions is not None:
            x = self.attentions[0](x)
        return self.resnets[1](x, emb)


class UpBlock(nn.Module):
    def __init__(self, kind, cprev, cout, cskip, last, c):
        super().__init__()
        n = c['layers_per_block'] + 1
        self.resnets = nn.ModuleList([
            Resnet((cprev if i == 0 else cout)
                   + (cskip if i == n - 1 else cout), cout, c)
            for i in range(n)])
        self.attentions = _attentions(kind, cout, c)
        self.upsamplers = None
        if not last:
            inside = kind.startswith('Resnet') or (
                kind.startswith('Attn') and c['upsample_type'] == 'resnet')
            self.upsamplers = nn.ModuleList([
                Resnet(cout, cout, c, 'up') if inside else Upsample(cout)])

    def forward(self, x, emb, skips):
        for i, resnet in enumerate(self.resnets):
            x = resnet(torch.cat([x, skips.pop()], dim=1), emb)
            if self.attentions is not None:
                x = self.attentions[i](x)
        if self.upsamplers is not None:
            x = self.upsamplers[0](x, emb)
        return x


class TimeEmbedding(nn.Module):
    def __init__(self, cin, dim):
        super().__init__()
        self.linear_1 = nn.Linear(cin, dim)
        self.linear_2 = nn.Linear(dim, dim)

    def forward(self, x):
        return self.linear_2(F.silu(self.linear_1(x)))


class UNet(nn.Module):
    """forward(x [B,C,H,W], timesteps [B], labels [B] or None) -> [B,C,H,W]"""

    def __init__(self, config):
        super().__init__()
        self.config = config
        ch = config['block_out_channels']
        dim = config['time_embedding_dim'] or 4 * ch[0]
        c = dict(config, time_dim=dim)
        self.conv_in = Conv3(c['in_channels'], ch[0])
        self.time_embedding = TimeEmbedding(ch[0], dim)
        n = c['num_class_embeds']
        self.class_embedding = nn.Embedding(n, dim) if n else None
        last = len(ch) - 1
        self.down_blocks = nn.ModuleList([
            DownBlock(kind, ch[max(i - 1, 0)], ch[i], i == last, c)
            for i, kind in enumerate(c['down_block_types'])])
        self.mid_block = MidBlock(ch[-1], c)
        up = ch[::-1]
        self.up_blocks = nn.ModuleList([
            UpBlock(kind, up[max(i - 1, 0)], up[i], up[min(i + 1, last)],
                    i == last, c)
            for i, kind in enumerate(c['up_block_types'])])
        self.conv_norm_out = nn.GroupNorm(c['norm_num_groups'], ch[0],
                                          c['norm_eps'])
        self.conv_out = Conv3(ch[0], c['out_channels'])
        half = ch[0] // 2
        freqs = torch.exp(-math.log(10000) * torch.arange(half)
                          / (half - c['freq_shift']))
        self.register_buffer('freqs', freqs, persistent=False)

    def forward(self, x, t, labels=None):
        if self.config['center_input_sample']:
            x = 2 * x - 1
        arg = t.float()[:, None] * self.freqs
        emb = [arg.sin(), arg.cos()]
        if self.config['flip_sin_to_cos']:
            emb.reverse()
        emb = self.time_embedding(torch.cat(emb, dim=1))
        if self.class_embedding is not None:
            emb = emb + self.class_embedding(labels)
        x = self.conv_in(x)
        skips = [x]
        for block in self.down_blocks:
            x = block(x, emb, skips)
        x = self.mid_block(x, emb)
        for block in self.up_blocks:
            x = block(x, emb, skips)
        return self.conv_out(norm_silu(x, self.conv_norm_out))

    def init_for_training(self):
        """Every residual branch starts as zero, and so does the output."""
        for module in self.modules():
            if isinstance(module, Resnet):
                nn.init.zeros_(module.conv2.weight)
                nn.init.zeros_(module.conv2.bias)
            elif isinstance(module, Attention):
                nn.init.zeros_(module.to_out[0].weight)
                nn.init.zeros_(module.to_out[0].bias)
        if self.class_embedding is not None:
            nn.init.normal_(self.class_embedding.weight, std=0.02)
        nn.init.zeros_(self.conv_out.weight)
        nn.init.zeros_(self.conv_out.bias)


def make_config(channels, layers=2, unshuffle=2, attention=None, groups=16,
                labels=5, sample_size=64):
    """The config.json of one of our networks.  attention: None, 'mid' for
    the mid block alone, 'low' for it and the lowest level."""
    n, low = len(channels), attention == 'low'
    return {
        '_class_name': 'UNet2DModel', '_diffusers_version': '0.32.0',
        'act_fn': 'silu', 'add_attention': attention is not None,
        'attention_head_dim': 32, 'attn_norm_num_groups': groups,
        'block_out_channels': list(channels), 'center_input_sample': False,
        'class_embed_type': None,
        'down_block_types': ['DownBlock2D'] * (n - low)
        + ['AttnDownBlock2D'] * low,
        'downsample_padding': 1, 'downsample_type': 'conv', 'dropout': 0.0,
        'flip_sin_to_cos': True, 'freq_shift': 0,
        'in_channels': 3 * unshuffle ** 2, 'layers_per_block': layers,
        'mid_block_scale_factor': 1, 'mid_block_type': 'UNetMidBlock2D',
        'norm_eps': 1e-05, 'norm_num_groups': groups,
        'num_class_embeds': labels, 'num_train_timesteps': None,
        'out_channels': 3 * unshuffle ** 2,
        'resnet_time_scale_shift': 'scale_shift',
        'sample_size': sample_size // unshuffle, 'time_embedding_dim': None,
        'time_embedding_type': 'positional',
        'up_block_types': ['AttnUpBlock2D'] * low
        + ['UpBlock2D'] * (n - low),
        'upsample_type': 'conv'}


def load(folder, device='cpu'):
    """(network in float32, pixel_unshuffle, octaves) of a model folder."""
    from safetensors.torch import load_file
    index = os.path.join(folder, 'model_index.json')
    sub = 'unet' if os.path.exists(index) else ''
    with open(os.path.join(folder, sub, 'config.json')) as f:
        config = json.load(f)
    top = {}
    if sub:
        with open(index) as f:
            top = json.load(f)
    net = UNet(config)
    tensors = load_file(os.path.join(
        folder, sub, 'diffusion_pytorch_model.safetensors'))
    net.load_state_dict({k: v.float() for k, v in tensors.items()})
    return (net.eval().to(device), top.get('pixel_unshuffle', 1),
            top.get('octaves', 0))


def cost(config, unshuffle, size=256):
    """(GFLOP per megapixel of convolutions, linear layers and attention at
    tiles of that size, with two per multiply-add; parameters)."""
    from torch.utils.flop_counter import FlopCounterMode
    net = UNet(config)
    x = torch.zeros(1, config['in_channels'], size // unshuffle,
                    size // unshuffle)
    zero = torch.zeros(1, dtype=torch.long)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(x, zero, zero)
    return (counter.get_total_flops() / size ** 2 / 1e3,
            sum(p.numel() for p in net.parameters()))


def check(folder):
    """Largest error, relative to the largest value, over the stored cases."""
    from safetensors.torch import load_file
    net, _, _ = load(folder)
    worst, cases = 0.0, 0
    for name in sorted(os.listdir(folder)):
        if not name.startswith('case'):
            continue
        case = load_file(os.path.join(folder, name))
        with torch.no_grad():
            out = net(case['sample'], case['timestep'],
                      case.get('class_labels'))
        error = (out - case['output']).abs().max() / case['output'].abs().max()
        worst, cases = fused.larger(worst, float(error)), cases + 1
    return worst, cases


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in ('check', 'cost'):
        sys.exit(__doc__)
    failed = False
    for folder in sys.argv[2:]:
        if sys.argv[1] == 'check':
            worst, cases = check(folder)
            failed |= not cases or not worst <= 1e-4
            print(f'{folder}: {cases} cases, '
                  f'largest relative error {worst:.1e}')
        else:
            net, unshuffle, _ = load(folder)
            gflop, n = cost(net.config, unshuffle)
            print(f'{folder}: {gflop:.0f} GFLOP per megapixel, {n} parameters')
    sys.exit(failed)


if __name__ == '__main__':
    main()
