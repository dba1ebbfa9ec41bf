# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a model that takes next to no time, for tests in which any pixels
will do.  Its network knows nothing of pictures: it is one of the golden ones
and says little, so that noise stays where it is.
"""

import os
import shutil
import struct

from badmodels import CONFIG, WEIGHTS, edit_json, read_weights, write_weights

NETWORK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..",
                       "golden", "data", "unet", "no-attention")
LEARNED = 64        # px squares that it says it has learned from
NUMBERS = {"F32": (4, "f"), "F16": (2, "e")}   # bytes and how struct has them
LOUD = 0.05         # what is left of what the network says


def quiet(folder):
    """Makes little of the last layer's weights."""
    header, data = read_weights(folder)
    for name in ("conv_out.weight", "conv_out.bias"):
        first, end = header[name]["data_offsets"]
        size, letter = NUMBERS[header[name]["dtype"]]
        form = f"<{(end - first) // size}{letter}"
        data[first:end] = struct.pack(form, *(
            LOUD * value for value in struct.unpack(form, data[first:end])))
    write_weights(folder, header, data)


def make(photo, folder):
    """Makes the folder of a model with the schedule and the licence of the
    good one."""
    shutil.copytree(os.path.join(photo, "scheduler"),
                    os.path.join(folder, "scheduler"))
    os.makedirs(os.path.join(folder, "unet"))
    for name in (CONFIG, WEIGHTS):
        shutil.copy(os.path.join(NETWORK, os.path.basename(name)),
                    os.path.join(folder, name))
    edit_json(os.path.join(folder, CONFIG), sample_size=LEARNED)
    index = shutil.copy(os.path.join(photo, "model_index.json"), folder)
    edit_json(index, octaves=None, camera_label=None, jpeg_label=None,
              pixel_unshuffle=4)
    quiet(folder)
