# SPDX-License-Identifier: GPL-3.0-or-later
"""ONNX Runtime's side of the benchmark: side_onnx.py FILE.  Sizes are made
constant for each session, so that the library can plan ahead."""

import sys

import numpy as np
import onnxruntime as ort

import side


class Onnx(side.Side):
    def __init__(self, path):
        super().__init__()
        self.path = path
        self.key, self.session = None, None

    def make(self, threads, size, batch):
        key = (threads, size, batch)
        if key != self.key:
            self.session = None
            how = ort.SessionOptions()
            how.intra_op_num_threads = threads
            how.inter_op_num_threads = 1
            how.graph_optimization_level = (
                ort.GraphOptimizationLevel.ORT_ENABLE_ALL)
            # Idle threads leave the machine to the other sides.
            how.add_session_config_entry('session.force_spinning_stop', '1')
            for name, value in (('batch', batch), ('height', size),
                                ('width', size)):
                how.add_free_dimension_override_by_name(name, value)
            self.session = ort.InferenceSession(
                self.path, how, providers=['CPUExecutionProvider'])
            self.key = key
        return self.session

    def do_call(self, kind, threads, size, batch, seconds):
        session = self.make(int(threads), int(size), int(batch))
        x = np.ascontiguousarray(self.sample(int(size), int(batch)))
        feed = {'x': x, 't': np.full(int(batch), side.TIMESTEP, np.float32),
                'label': np.full(int(batch), side.LABEL, np.int64)}

        def call():
            self.out = session.run(None, feed)[0]

        return f'{side.repeat(call, float(seconds)):.9f}'

    def do_version(self):
        return ort.__version__


if __name__ == '__main__':
    Onnx(sys.argv[1]).serve()
