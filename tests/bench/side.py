# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sides of the benchmark written in Python share: the loop that
answers commands, one a line, as bench-engine.c describes them, and the
clock."""

import statistics
import sys
import time

import numpy as np

TIMESTEP, LABEL = 400.0, 3


def repeat(call, seconds):
    """Median time of a call: one untimed, then calls for so long."""
    call()
    taken = []
    while True:
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
        if sum(taken) >= seconds or len(taken) == 200:
            return statistics.median(taken)


class Side:
    """call() and other commands are methods of derived classes; they get
    the words of the line and return what to answer."""

    channels = 12

    def __init__(self):
        self.x = np.zeros(0, np.float32)      # channels last
        self.out = None                       # channels first

    def sample(self, side, batch):
        """The input, channels first."""
        shape = (batch, side, side, self.channels)
        if self.x.size != np.prod(shape):
            rng = np.random.default_rng(1)
            self.x = rng.uniform(-1, 1, shape).astype(np.float32)
        return self.x.reshape(shape).transpose(0, 3, 1, 2)

    def do_input(self, side, batch, path):
        self.x = np.fromfile(path, np.float32)
        return 'ok'

    def do_output(self, path):
        out = np.asarray(self.out, np.float32).transpose(0, 2, 3, 1)
        np.ascontiguousarray(out).tofile(path)
        return 'ok'

    def serve(self):
        answers = sys.stdout
        sys.stdout = sys.stderr               # libraries may print
        for line in sys.stdin:
            name, *words = line.split()
            try:
                answer = getattr(self, 'do_' + name)(*words)
            except Exception as error:        # the driver reports it
                text = ' '.join(str(error).split())[:200]
                answer = f'failed: {type(error).__name__}: {text}'
            print(answer, file=answers, flush=True)
