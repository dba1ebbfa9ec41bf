# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes model folders that are wrong in one way each, from a good one.

BAD maps a folder's name to what the message about it must say.  NAMES
are names that are odd, of models that are fine.
"""

import json
import os
import shutil
import struct

WEIGHTS = os.path.join("unet", "diffusion_pytorch_model.safetensors")
CONFIG = os.path.join("unet", "config.json")
SCHEDULE = os.path.join("scheduler", "scheduler_config.json")

NAMES = ["two words", 'Größe & <b>"q" 100 %s', "-rf", "a=b,c;d"]

BAD = {
    "truncated": ["truncated", "diffusion_pytorch_model.safetensors"],
    "missing-tensor": ["missing-tensor", "conv_in.weight"],
    "nan": ["nan", "conv_out.bias"],
    "huge-header": ["huge-header", "diffusion_pytorch_model.safetensors"],
    "no-weights": ["no-weights", "diffusion_pytorch_model.safetensors"],
    "not-json": ["not-json", "config.json"],
    "wrong-shape": ["wrong-shape", "conv_in.weight"],
    "odd-class": ["odd-class", "UNet1DModel"],
    "no-schedule": ["no-schedule", "scheduler_config.json"],
}


def read_weights(folder):
    """The header and the data of a weights file."""
    with open(os.path.join(folder, WEIGHTS), "rb") as file:
        size = struct.unpack("<Q", file.read(8))[0]
        return json.loads(file.read(size)), bytearray(file.read())


def write_weights(folder, header, data):
    """Writes a weights file."""
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(folder, WEIGHTS), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def edit_json(path, **changes):
    """Changes keys of a JSON file."""
    with open(path, encoding="utf-8") as file:
        value = json.load(file)
    value.update(changes)
    value = {key: one for key, one in value.items() if one is not None}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file)


def truncated(folder):
    path = os.path.join(folder, WEIGHTS)
    with open(path, "r+b") as file:
        file.truncate(os.path.getsize(path) // 2)


def missing_tensor(folder):
    header, data = read_weights(folder)
    header["conv_in.elsewhere"] = header.pop("conv_in.weight")
    write_weights(folder, header, data)


def nan(folder):
    header, data = read_weights(folder)
    entry = header["conv_out.bias"]
    first = entry["data_offsets"][0]
    not_a_number = {"F32": b"\0\0\xc0\x7f", "F16": b"\0\x7e",
                    "BF16": b"\xc0\x7f"}[entry["dtype"]]
    data[first:first + len(not_a_number)] = not_a_number
    write_weights(folder, header, data)


def huge_header(folder):
    with open(os.path.join(folder, WEIGHTS), "r+b") as file:
        file.write(struct.pack("<Q", (1 << 63) - 1))


def no_weights(folder):
    os.remove(os.path.join(folder, WEIGHTS))


def not_json(folder):
    with open(os.path.join(folder, CONFIG), "w", encoding="utf-8") as file:
        file.write('{ "in_channels": [[[[')


def wrong_shape(folder):
    header, data = read_weights(folder)
    shape = header["conv_in.weight"]["shape"]
    shape[0], shape[1] = shape[1], shape[0]
    write_weights(folder, header, data)


def odd_class(folder):
    edit_json(os.path.join(folder, CONFIG), _class_name="UNet1DModel")


def no_schedule(folder):
    os.remove(os.path.join(folder, SCHEDULE))


def make_all(good, folder):
    """Fills folder with every bad model and the oddly named good ones."""
    for name in BAD:
        copy = os.path.join(folder, name)
        shutil.copytree(good, copy)
        globals()[name.replace("-", "_")](copy)
    for name in NAMES:
        os.symlink(os.path.abspath(good), os.path.join(folder, name))
