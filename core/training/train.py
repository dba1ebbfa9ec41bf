# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the network: v-prediction (Salimans & Ho 2022) on the squared-cosine
schedule (Nichol & Dhariwal 2021) of T = 1000 steps.

    python3 train.py DATA OUT --minutes 75 --channels 96,128,192 --unshuffle 4
    python3 train.py DATA OUT --minutes 75 --resume OUT/state.pt
    python3 train.py DATA OUT --minutes 75 --init MODEL_FOLDER

DATA is what prepare.py packed, or several such folders with commas between
them.  OUT gets state.pt, from which all goes on where it was, and log.csv.
--init starts from exported weights alone, with a new optimiser that warms up.
The learning rate follows the clock: it warms up, stays, and falls to zero over
the last part of the time.  Where one training takes several calls, --span says
which part of it this one is.
"""

import argparse
import csv
import os
import re
import tempfile
import time

import numpy as np
import torch

import camera
import fused
import optimiser
import unet
from export import write_model, write_parts
from prepare import OCTAVES as SIZES

T = 1000
OCTAVES = len(SIZES)
LEVELS = (0, 100, 250, 500, 750, 1000)
CAMERA = 5, 350   # timesteps at which noise of cameras is learned


def alpha_bars(device='cpu'):
    """abar after k + 1 noisings, k = 0..T-1: squaredcos_cap_v2."""
    def f(x):
        return np.cos((x + 0.008) / 1.008 * np.pi / 2) ** 2
    k = np.arange(T)
    betas = np.minimum(1 - f((k + 1) / T) / f(k / T), 0.999)
    return torch.tensor(np.cumprod(1 - betas), dtype=torch.float32,
                        device=device)


def precision(wish, device):
    """Whether to calculate in bfloat16: as wished, or, if that is 'auto',
    where the processor has instructions for it."""
    if wish != 'auto' or device != 'cpu':
        return wish != 'float32'
    try:
        with open('/proc/cpuinfo') as f:
            return re.search(r'\bavx512_?bf16\b', f.read()) is not None
    except OSError:
        return False


class Crops:
    """Random crops of the packed photos, drawn and cut out on the device."""

    def __init__(self, folders, device, seed):
        tables, pixels, offset = [], [], 0
        for folder in folders:
            with np.load(os.path.join(folder, 'index.npz')) as index:
                table = {k: index[k] for k in index.files}
            pixels.append(torch.from_numpy(np.fromfile(os.path.join(
                folder, 'pixels.bin'), np.uint8)).to(device))
            table['offset'] = table['offset'] + offset
            offset += len(pixels[-1])
            tables.append(table)
        self.pixels = torch.cat(pixels)
        table = {k: np.concatenate([t[k] for t in tables]) for k in tables[0]}
        for number, _, _, share in SIZES:
            mine = table['label'] == number
            if mine.any():
                table['weight'][mine] *= share / table['weight'][mine].sum()
        self.table, self.device, self.cumulative = table, device, {}
        self.offset, self.height, self.width, self.label = (
            torch.from_numpy(table[k].astype(np.int64)).to(device)
            for k in ('offset', 'height', 'width', 'label'))
        self.random = torch.Generator(device).manual_seed(seed)

    def uniform(self, batch):
        return torch.rand(batch, device=self.device, generator=self.random)

    def cut(self, start, stride, crop):
        if self.device == 'cpu':
            return torch.stack([
                self.pixels.as_strided((crop, crop * 3), (s, 1), a)
                for a, s in zip(start.tolist(), stride.tolist())])
        line = torch.arange(crop * 3, device=self.device)
        step = torch.arange(crop, device=self.device)
        return self.pixels[start[:, None, None] + step[None, :, None]
                           * stride[:, None, None] + line]

    def fits(self, crop, kind):
        """Which pictures are large enough, and of a kind: 'all', 'fine'
        (whole in their finest detail, of the two largest octaves) or 'clean'
        (fine and not made worse on purpose)."""
        table = self.table
        fit = np.minimum(table['height'], table['width']) >= crop
        if kind != 'all':
            fit &= table['sharp'] & (table['label'] >= OCTAVES - 2)
        if kind == 'clean':
            fit &= ~table['degraded']
        return fit

    def rows(self, batch, crop, kind):
        """[batch] pictures that are large enough, of a kind."""
        if (crop, kind) not in self.cumulative:
            rows = np.flatnonzero(self.fits(crop, kind))
            if not len(rows):
                raise ValueError(f'no picture of {crop} px or more: {kind}')
            cumulative = np.cumsum(self.table['weight'][rows])
            self.cumulative[crop, kind] = [
                torch.from_numpy(a).to(self.device)
                for a in (rows, cumulative / cumulative[-1])]
        rows, cumulative = self.cumulative[crop, kind]
        found = torch.searchsorted(cumulative,
                                   self.uniform(batch).to(cumulative.dtype),
                                   right=True)
        return rows[found.clamp(max=len(rows) - 1)]

    def draw(self, batch, crop, fine=None, clean=0):
        """(pictures in [-1, 1] as [B,3,crop,crop], octaves [B])

        Where `fine` [B] is true, pictures of the largest octave are replaced
        by such as are whole in their finest detail, reduced copies of the
        octave below among them, and still count as of the largest.  Others
        are the files as they are, and JPEG compression has taken the finest
        detail and half of the resolution of colour from them.  The first
        `clean` pictures are whole and not made worse."""
        r = self.rows(batch, crop, 'all')
        octave = self.label[r]
        if fine is not None:
            r = torch.where(fine & (octave == OCTAVES - 1),
                            self.rows(batch, crop, 'fine'), r)
        if clean:
            r = torch.cat([self.rows(clean, crop, 'clean'), r[clean:]])
        y = (self.uniform(batch) * (self.height[r] - crop + 1)).long()
        x = (self.uniform(batch) * (self.width[r] - crop + 1)).long()
        stride = self.width[r] * 3
        start = self.offset[r] + y * stride + x * 3
        images = self.cut(start, stride, crop).view(batch, crop, crop, 3)
        flip = self.uniform(batch) < 0.5
        images = torch.where(flip[:, None, None, None], images.flip(2), images)
        images = images.permute(0, 3, 1, 2).float() / 127.5 - 1
        return images, octave


class Ema:
    """Running mean of the weights; short at first, then of `decay`."""

    def __init__(self, net, decay):
        self.decay, self.n = decay, 0
        self.weights = [p.detach().clone() for p in net.parameters()]

    @torch.no_grad()
    def update(self, net):
        self.n += 1
        keep = min(self.decay, (1 + self.n) / (10 + self.n))
        torch._foreach_lerp_(self.weights, list(net.parameters()), 1 - keep)

    def state_dict(self, net):
        names = [n for n, _ in net.named_parameters()]
        return dict(zip(names, self.weights))


class Log:
    """One CSV line per period: mean loss over all, by noise and by octave."""

    def __init__(self, path):
        self.columns = (['step', 'minutes', 'mpx', 'rate', 'threads',
                         'loss']
                        + [f't{a}-{b - 1}' for a, b in zip(LEVELS, LEVELS[1:])]
                        + [f'octave{i}' for i in range(OCTAVES)]
                        + ['camera'])
        self.path = path
        if not os.path.exists(path):
            with open(path, 'w', newline='') as f:
                csv.writer(f).writerow(self.columns)
        self.clear()

    def clear(self):
        self.loss, self.t, self.label = [], [], []

    def add(self, loss, t, label):
        self.loss.append(loss)
        self.t.append(t)
        self.label.append(label)

    def write(self, step, minutes, mpx, rate, threads):
        """A line of losses by octave, or OCTAVES for noise of cameras; the
        mean of all."""
        loss = torch.cat(self.loss).cpu().numpy()
        t, label = (torch.cat(x).cpu().numpy() for x in (self.t, self.label))

        def mean(mask):
            return f'{loss[mask].mean():.4f}' if mask.any() else ''

        row = ([step, f'{minutes:.2f}', f'{mpx:.1f}', f'{rate:.2e}',
                threads, f'{loss.mean():.4f}']
               + [mean((t >= a) & (t < b) & (label < OCTAVES))
                  for a, b in zip(LEVELS, LEVELS[1:])]
               + [mean(label == i) for i in range(OCTAVES + 1)])
        with open(self.path, 'a', newline='') as f:
            csv.writer(f).writerow(row)
        print(' '.join(str(x) for x in row), flush=True)
        self.clear()
        return loss.mean()


def idle_share():
    """Running totals of (idle, all) time of this machine's cores."""
    with open('/proc/stat') as f:
        numbers = [int(x) for x in f.readline().split()[1:9]]
    return numbers[3] + numbers[4], sum(numbers)


class Threads:
    """Threads that wait for each other are slower than one where others need
    the cores.  Every few steps this looks at how busy the machine was, and
    takes all cores or one.  A number given is kept."""

    PERIOD = 8

    def __init__(self, number):
        self.cores = os.cpu_count() or 1
        self.fixed = bool(number) or not os.path.exists('/proc/stat')
        self.now, self.step = number or self.cores, 0
        torch.set_num_threads(self.now)
        if not self.fixed:
            self.mark()

    def mark(self):
        self.seen = (*idle_share(), time.monotonic(), time.process_time())

    def tick(self):
        """To be called after every step."""
        self.step += 1
        if self.fixed or self.step % self.PERIOD:
            return
        idle, total, wall, used = self.seen
        self.mark()
        free = (self.seen[0] - idle) / max(1, self.seen[1] - total)
        got = (self.seen[3] - used) / (self.seen[2] - wall)
        if self.now == 1 and free * self.cores > 0.7 * (self.cores - 1):
            self.now = self.cores
        elif self.now > 1 and got < 0.8 * self.cores:
            self.now = 1
        torch.set_num_threads(self.now)


class Trainer:
    def __init__(self, args):
        self.args = args
        self.device = 'cuda' if torch.cuda.is_available() else 'cpu'
        torch.manual_seed(args.seed)
        self.step, self.mpx, self.minutes = 0, 0.0, 0.0
        self.bfloat16 = precision(args.precision, self.device)
        if self.device == 'cpu' and not args.compile:
            fused.available()
        self.make_net()
        self.optimisers = optimiser.make(
            self.net, args.optimiser, args.rate, args.weight_decay,
            torch.bfloat16 if self.bfloat16 else torch.float32)
        self.ema = Ema(self.net, args.ema)
        if self.state:
            self.restore()
        # The same data and noise for every network of the same seed.
        torch.manual_seed(args.seed + self.step)
        self.crops = Crops(args.data.split(','), self.device,
                           args.seed + self.step)
        self.rng = np.random.default_rng(args.seed + self.step)
        torch.backends.cudnn.benchmark = True
        self.abar = alpha_bars(self.device)
        self.model = (torch.compile(self.net, dynamic=False) if args.compile
                      else self.net)
        self.shapes, self.last_shapes = (
            [tuple(map(int, s.split(':'))) for s in crops.split(',')]
            for crops in (args.crops, args.last_crops or args.crops))
        self.factor = 1.0
        low, high, share = args.focus.split(':')
        self.focus = int(low), int(high), float(share)
        self.log = Log(os.path.join(args.out, 'log.csv'))

    def make_net(self):
        args, self.state, tensors = self.args, None, None
        if args.resume:
            self.state = torch.load(args.resume, weights_only=True,
                                    map_location=self.device)
            config, self.unshuffle = (self.state['config'],
                                      self.state['unshuffle'])
            tensors = self.state['net']
        elif args.init:
            net, self.unshuffle, _ = unet.load(args.init)
            config, tensors = net.config, net.state_dict()
        else:
            self.unshuffle = args.unshuffle
            config = unet.make_config(
                [int(c) for c in args.channels.split(',')], args.layers,
                args.unshuffle, args.attention or None, args.groups,
                OCTAVES + (2 if args.camera else 1))
        self.unknown = config['num_class_embeds'] - 1
        self.net = unet.UNet(config)
        if tensors:
            self.net.load_state_dict(tensors)
        else:
            self.net.init_for_training()
        self.net.to(self.device, memory_format=torch.channels_last)

    def restore(self):
        state = self.state
        for o, saved in zip(self.optimisers, state['optimisers']):
            o.load_state_dict(saved)
        with torch.no_grad():
            for w, name in zip(self.ema.weights, state['ema']):
                w.copy_(state['ema'][name])
        self.ema.n = state['ema_n']
        self.step, self.mpx = state['step'], state['mpx']
        self.minutes = state['minutes']
        self.state = True

    @property
    def path(self):
        return os.path.join(self.args.out, 'state.pt')

    def save(self):
        """The state, and the weights in parts, unless they are broken."""
        if not all(bool(torch.isfinite(w).all()) for w in self.ema.weights):
            print('not saved: weights that are not finite', flush=True)
            return
        state = {
            'config': self.net.config, 'unshuffle': self.unshuffle,
            'net': self.net.state_dict(),
            'ema': self.ema.state_dict(self.net), 'ema_n': self.ema.n,
            'optimisers': [o.state_dict() for o in self.optimisers],
            'step': self.step, 'mpx': self.mpx, 'minutes': self.minutes,
        }
        torch.save(state, self.path + '.new')
        os.replace(self.path + '.new', self.path)
        if self.args.parts:
            with tempfile.TemporaryDirectory() as folder:
                write_model(state, folder)
                write_parts(folder, self.args.parts, 15)

    def go_back(self):
        """To the weights last saved and half of the rate, when the loss is
        no number any more."""
        if not os.path.exists(self.path):
            raise SystemExit('the loss is not finite')
        self.state = torch.load(self.path, weights_only=True,
                                map_location=self.device)
        self.net.load_state_dict(self.state['net'])
        self.restore()
        self.factor /= 2
        print(f'not finite: back at step {self.step}', flush=True)

    def rate(self, progress, steps_done):
        """Learning rate: linear warm-up by steps, flat, then down to zero
        over the last share `decay` of the whole training."""
        args = self.args
        warm = 1.0 if self.state else min(1, (steps_done + 1) / args.warmup)
        down = min(1, (1 - progress) / args.decay) if args.decay else 1
        return self.factor * args.rate * min(warm, max(down, 0))

    def timesteps(self, batch):
        """[batch] timesteps, evenly spread: less variance than independent
        ones.  `focus` of them, a share, lie evenly in a range of their own."""
        low, high, share = self.focus
        u = ((torch.randperm(batch, device=self.device)
              + torch.rand(1, device=self.device)) / batch)
        first, last = (1 - share) * low / T, (1 - share) * high / T + share
        t = torch.where(
            u < first, u / max(first, 1e-9) * low, torch.where(
                u < last, low + (u - first) / (last - first) * (high - low),
                high + (u - last) / max(1 - last, 1e-9) * (T - high)))
        return t.long().clamp_(max=T - 1)

    def batch(self, progress):
        """(pictures, noise, timesteps, labels, octaves) of one step.  The
        first of them, a share, have noise of cameras and its label, and
        OCTAVES as their octave."""
        args, device = self.args, self.device
        last = progress > 1 - args.last
        shapes = self.last_shapes if last else self.shapes
        crop, batch = shapes[self.rng.integers(len(shapes))]
        cameras = round(batch * args.camera)
        t = self.timesteps(batch)
        if cameras:
            u = torch.rand(cameras, device=device)
            t[:cameras] = (CAMERA[0] + u * (CAMERA[1] - CAMERA[0])).long()
        x0, octave = self.crops.draw(
            batch, crop, t < args.reduced_below if args.reduced_below
            else None, cameras)
        unknown = torch.rand(batch, device=device) < 0.1
        label = torch.where(unknown, self.unknown, octave)
        noise = torch.randn_like(x0)
        if cameras:
            octave[:cameras], label[:cameras] = OCTAVES, OCTAVES
            abar = self.abar[t[:cameras]]
            noise[:cameras] = camera.noise(x0[:cameras],
                                           ((1 - abar) / abar).sqrt())
        return x0, noise, t, label, octave

    def train_step(self, progress):
        x0, noise, t, label, octave = self.batch(progress)
        a = self.abar[t].sqrt()[:, None, None, None]
        b = (1 - self.abar[t]).sqrt()[:, None, None, None]
        x = torch.nn.functional.pixel_unshuffle(a * x0 + b * noise,
                                                self.unshuffle)
        v = torch.nn.functional.pixel_unshuffle(a * noise - b * x0,
                                                self.unshuffle)
        with torch.autocast(self.device, torch.bfloat16,
                            enabled=self.bfloat16):
            out = self.model(x.contiguous(memory_format=torch.channels_last),
                             t, label)
        loss = (out.float() - v).square().mean((1, 2, 3))
        self.weighted(loss, t).mean().backward()
        self.log.add(loss.detach(), t, octave)
        self.mpx += x0[:, 0].numel() / 1e6

    def weighted(self, loss, t):
        """min-SNR (Hang et al. 2023) for v, if asked for."""
        if not self.args.min_snr:
            return loss
        snr = self.abar[t] / (1 - self.abar[t])
        return loss * snr.clamp(max=self.args.min_snr) / (snr + 1)

    def update(self, rate):
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        for o in self.optimisers:
            for group in o.param_groups:
                group['lr'] = rate
            o.step()
        self.ema.update(self.net)
        self.net.zero_grad(set_to_none=True)
        self.step += 1

    def run(self):
        args = self.args
        start = last_save = time.monotonic()
        before, first = self.minutes, self.step
        begin, end = (float(x) for x in args.span.split(':'))
        progress, here = begin, 0.0
        threads = Threads(args.threads or int(self.device != 'cpu'))
        while here < 1:
            self.train_step(progress)
            done = self.step - first
            rate = self.rate(progress, done)
            self.update(rate)
            now = time.monotonic()
            threads.tick()
            self.minutes = before + (now - start) / 60
            here = (now - start) / 60 / args.minutes
            if args.steps:
                here = max(here, (done + 1) / args.steps)
            progress = begin + here * (end - begin)
            if self.step % args.log_every == 0:
                loss = self.log.write(self.step, self.minutes, self.mpx, rate,
                                      threads.now)
                if not np.isfinite(loss):
                    self.go_back()
            if now - last_save > 60 * args.save_every:
                self.save()
                last_save = now
        self.save()


def main():
    p = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('data')
    p.add_argument('out')
    p.add_argument('--minutes', type=float, required=True)
    p.add_argument('--steps', type=int, default=0,
                   help='stop after so many steps if time has not run out')
    p.add_argument('--resume', help='a state.pt')
    p.add_argument('--init', help='a model folder')
    p.add_argument('--channels', default='96,128,192')
    p.add_argument('--layers', type=int, default=2)
    p.add_argument('--unshuffle', type=int, default=4)
    p.add_argument('--attention', choices=('', 'mid', 'low'), default='')
    p.add_argument('--groups', type=int, default=16)
    p.add_argument('--crops', default='64:32,128:8',
                   help='SIDE:BATCH of the kinds of batches, drawn evenly')
    p.add_argument('--last-crops',
                   help='the kinds in the last part of the training')
    p.add_argument('--last', type=float, default=0.25,
                   help='that part, as a share')
    p.add_argument('--span', default='0:1', metavar='BEGIN:END',
                   help='the part of the whole training that this call is')
    p.add_argument('--camera', type=float, default=0, metavar='SHARE',
                   help='of the pictures, with noise of cameras and its own '
                   'label')
    p.add_argument('--parts', metavar='FOLDER',
                   help='where to put the weights in parts at every save')
    p.add_argument('--optimiser', choices=('adamw', 'muon'), default='muon')
    p.add_argument('--rate', type=float, default=2e-3)
    p.add_argument('--weight-decay', type=float, default=0.01)
    p.add_argument('--warmup', type=int, default=100, help='steps')
    p.add_argument('--decay', type=float, default=0.4,
                   help='share of the time in which the rate falls')
    p.add_argument('--min-snr', type=float, default=0)
    p.add_argument('--focus', default='0:1000:0', metavar='LOW:HIGH:SHARE',
                   help='a share of the timesteps from that range alone')
    p.add_argument('--reduced-below', type=int, default=0, metavar='T',
                   help='below that timestep, reduced copies in place of '
                   'pictures as large as their compressed files')
    p.add_argument('--ema', type=float, default=0.999)
    p.add_argument('--seed', type=int, default=0)
    p.add_argument('--threads', type=int, default=0,
                   help='0: on a CPU, all or one as the machine is busy')
    p.add_argument('--precision', default='auto',
                   choices=('auto', 'bfloat16', 'float32'),
                   help='auto: bfloat16 where the processor has it')
    p.add_argument('--compile', action='store_true')
    p.add_argument('--log-every', type=int, default=100)
    p.add_argument('--save-every', type=float, default=5, help='minutes')
    args = p.parse_args()
    os.makedirs(args.out, exist_ok=True)
    Trainer(args).run()


if __name__ == '__main__':
    main()
