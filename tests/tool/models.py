# SPDX-License-Identifier: GPL-3.0-or-later
"""Models: the list, the ways to name one, and folders that are damaged."""

import json
import os
import shutil

import png
from harness import (MODELS, PHOTO, bad, case, copy_model, expect_files,
                     good, main, run)

WEIGHTS = "unet/diffusion_pytorch_model.safetensors"
CONFIG = "unet/config.json"
SCHEDULE = "scheduler/scheduler_config.json"
INDEX = "model_index.json"


@case("the list names the bundled model")
def listed():
    text = good("models")
    assert text.splitlines()[0] == "photo", text
    assert "T = 1000" in text and PHOTO in text, text


@case("the list as JSON")
def as_json():
    models = json.loads(good("models", "--json"))
    photo = models[0]
    assert photo["id"] == "photo" and photo["folder"] == PHOTO, photo
    assert photo["train_steps"] == 1000, photo
    assert photo["parameters"] > 1000000, photo
    assert photo["camera_noise"] in (True, False), photo
    assert photo["jpeg"] in (True, False), photo
    assert len(photo["hash"]) == 16 and int(photo["hash"], 16) >= 0, photo


@case("a damaged model does not hide the others, and is a failure")
def mixed_list():
    os.mkdir("mine")
    copy_model("mine/alright")
    copy_model("mine/broken")
    os.truncate(f"mine/broken/{WEIGHTS}", 1000)
    status, out, err = run("models",
                           env={"GIMP_DIFFUSION_MODELS": "mine:" + MODELS})
    assert status == 1, status
    assert "alright\n" in out and "photo\n" in out, out
    assert "broken" not in out and "broken" in err, (out, err)


def noisy(name, **env):
    png.write("in.png", png.sample(8, 8))
    good("noise", "in.png", "-o", "out.png", "--model", name, env=env)
    return png.read("out.png").rows


@case("a model by name, by path, by relative path")
def named():
    rows = noisy("photo")
    assert rows == noisy(PHOTO)
    os.symlink(PHOTO, "here")
    assert rows == noisy("here") == noisy("./here/")


@case("GIMP_DIFFUSION_MODELS holds several folders, first wins")
def search_path():
    os.makedirs("a")
    copy_model("b/photo")
    env = {"GIMP_DIFFUSION_MODELS": "a::none:b:" + MODELS}
    photo = json.loads(good("models", "--json", env=env))[0]
    assert photo["folder"] == "b/photo", photo


@case("models in the user's GIMP folder are found")
def user_folder():
    copy_model("config/GIMP/3.0/diffusion-models/mine")
    copy_model("elsewhere/diffusion-models/other")
    assert noisy("mine") == noisy("photo")
    bad(1, "noise", "in.png", "-o", "x.png", "-m", "other", says=["other"])
    noisy("other", GIMP3_DIRECTORY=os.path.abspath("elsewhere"))


@case("they are found whatever series of GIMP 3 it is, the newest first")
def user_series():
    below = os.path.abspath("config/GIMP")
    for series in ("3.0", "3.2", "3.10", "2.10", "3.x", "3.", "3"):
        for folder in (f"diffusion-models/of {series}",
                       "diffusion-models/mine",
                       "plug-ins/diffusion/models/photo"):
            place = os.path.join(below, series, folder)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            os.symlink(PHOTO, place)
    found = {model["id"]: model["folder"] for model in
             json.loads(good("models", "--json",
                             env={"GIMP_DIFFUSION_MODELS": ""}))}
    wanted = {"of 3.0": "3.0/diffusion-models/of 3.0",
              "of 3.2": "3.2/diffusion-models/of 3.2",
              "of 3.10": "3.10/diffusion-models/of 3.10",
              "mine": "3.10/diffusion-models/mine",
              "photo": "3.10/plug-ins/diffusion/models/photo"}
    assert found == {name: os.path.join(below, folder)
                     for name, folder in wanted.items()}, found


@case("a user's model does not stand in for the bundled one of its name")
def no_shadow():
    copy_model("config/GIMP/3.0/diffusion-models/photo")
    photo, = (model for model in
              json.loads(good("models", "--json",
                              env={"GIMP_DIFFUSION_MODELS": ""}))
              if model["id"] == "photo")
    assert "diffusion-models" not in photo["folder"], photo


@case("an unknown name is told with the names there are")
def unknown():
    png.write("in.png", png.sample(8, 8))
    for name in ("foto", "Photo", ""):
        bad(1, "vary", "in.png", "-o", "%d.png", "-m", name,
            says=[f'"{name}"', "photo"])
    bad(1, "vary", "in.png", "-o", "%d.png", "-m", "no/where",
        says=["no/where"])
    bad(1, "generate", "--size=8x8", "-o", "x.png", "-m", "foto",
        says=["foto"])
    expect_files("in.png")


def spoil(change, *says):
    """A changed copy of the model is refused by every command."""
    png.write("in.png", png.sample(8, 8))
    change(copy_model("model"))
    for line in (["noise", "in.png"], ["vary", "in.png", "-n1", "--made-of=model"],
                 ["generate", "--size=8x8"]):
        bad(1, *line, "-o", "out.png", "-m", "./model", says=says)
    expect_files("in.png", "model")


def edit(name, **values):
    """Sets values of a JSON file."""
    def change(model):
        path = os.path.join(model, name)
        with open(path, encoding="utf-8") as file:
            tree = json.load(file)
        tree.update(values)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(tree, file)
    return change


def patch(name, offset, data):
    """Overwrites bytes of a file; a negative offset counts from its end."""
    def change(model):
        with open(os.path.join(model, name), "r+b") as file:
            file.seek(offset, 2 if offset < 0 else 0)
            file.write(data)
    return change


def cut(name, size):
    """Cuts a file short."""
    return lambda model: os.truncate(os.path.join(model, name), size)


def remove(name):
    """Removes a file."""
    return lambda model: os.unlink(os.path.join(model, name))


def nan_weight(model):
    """Turns the last weight of the file into half-precision NaN."""
    patch(WEIGHTS, -2, b"\xff\x7f")(model)


def pointer(name):
    """Leaves what Git LFS leaves where a file was not downloaded."""
    def change(model):
        with open(os.path.join(model, name), "w", encoding="ascii") as file:
            file.write("version https://git-lfs.github.com/spec/v1\n"
                       f"oid sha256:{'5c' * 32}\nsize 13873552\n")
    return change


def rename(new):
    """Gives the weights another name."""
    return lambda model: os.rename(os.path.join(model, WEIGHTS),
                                   os.path.join(model, new))


for _name in (WEIGHTS, CONFIG, SCHEDULE, INDEX):
    case(f"{_name} missing", remove(_name), _name)(spoil)
    case(f"{_name} empty", cut(_name, 0), _name)(spoil)
    case(f"{_name} garbage", patch(_name, 0, b"\xff\0{{{{[[\xfe" * 4),
         _name)(spoil)
    case(f"{_name} is a Git LFS pointer", pointer(_name), _name,
         "Git LFS pointer", "git lfs pull")(spoil)
for _name in ("unet/diffusion_pytorch_model.bin.index.json",
              "unet/diffusion_pytorch_model.safetensors.index.json",
              "unet/diffusion_pytorch_model-00001-of-00002.bin",
              "unet/diffusion_pytorch_model-00001-of-00002.safetensors"):
    case(f"weights in parts: {_name}", rename(_name), _name, "parts")(spoil)
case("weights cut inside their header", cut(WEIGHTS, 4000), WEIGHTS)(spoil)
case("weights cut inside their data", cut(WEIGHTS, 5000000), WEIGHTS)(spoil)
case("weights with a header of 2^63 bytes",
     patch(WEIGHTS, 0, b"\0" * 7 + b"\x80"), WEIGHTS)(spoil)
case("a NaN among the weights", nan_weight, WEIGHTS)(spoil)
case("a network wider than its weights",
     edit(CONFIG, block_out_channels=[64, 96, 192]), "model/unet")(spoil)
case("a network of more layers than its weights",
     edit(CONFIG, layers_per_block=3), WEIGHTS)(spoil)
case("a network of absurd size",
     edit(CONFIG, layers_per_block=2000000000), CONFIG)(spoil)
case("a block type that does not exist",
     edit(CONFIG, down_block_types=["A", "B", "C"]), CONFIG)(spoil)
case("a schedule that does not exist",
     edit(SCHEDULE, beta_schedule="wavy"), SCHEDULE, "wavy")(spoil)
case("a chain of no steps", edit(SCHEDULE, num_train_timesteps=0),
     SCHEDULE)(spoil)


@case("a model folder that is a file, or lacks everything")
def not_a_folder():
    png.write("in.png", png.sample(8, 8))
    os.mkdir("hollow")
    for name in ("./in.png", "./hollow"):
        bad(1, "noise", "in.png", "-o", "out.png", "-m", name,
            says=[name[2:]])
    shutil.rmtree("hollow")
    expect_files("in.png")


main()
