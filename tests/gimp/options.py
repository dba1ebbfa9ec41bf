# SPDX-License-Identifier: GPL-3.0-or-later
"""What the arguments beyond strength and seed do: picks, groups, the chain,
near variations, tileable results, kept colours."""

import array
import os

from gi.repository import Gimp, Gio
from PIL import Image

from harness import (add_layer, check, equal, farthest, floats, new_image, raw,
                     refused, scene, seen, vary, write)

CALLING = Gimp.PDBStatusType.EXECUTION_ERROR


def names(layers):
    """The names of layers."""
    return [layer.get_name() for layer in layers]


def one(**settings):
    """The pixels of one variation of the usual layer."""
    image = new_image()
    made = vary(image, [add_layer(image)], **{"num_variations": 1, **settings})
    return raw(made[0])


def test_picks():
    """Picks are made and nothing else, each as it is alone"""
    image = new_image()
    source = add_layer(image)
    made = vary(image, [source], picks="9, 4,7~0.25~1001", seed=1)
    equal(names(made), ["40 % #9 – Beach", "40 % #4 – Beach",
                        "40 % #7~0.25~1001 – Beach"], "names")
    equal([raw(layer) for layer in made],
          [one(seed=9), one(seed=4), one(seed=7, vary=0.25, vary_seed=1001)],
          "pixels")


def test_bad_picks():
    """Picks that cannot be read are refused"""
    image = new_image()
    source = add_layer(image)
    for picks in ("x", "1,,2", "1~2", "1~0.5", "1~1.5~3", "1~nan~3", "-1",
                  "18446744073709551616", ",".join(["1"] * 101)):
        refused(["picks"], image, [source], CALLING, picks=picks)


def test_group():
    """As a group: one for each layer, above it"""
    image = new_image()
    low = add_layer(image, name="Low")
    high = add_layer(image, name="High")
    vary(image, [low, high], num_variations=2, group=True)
    equal(names(image.get_layers()),
          ["Variations – High", "High", "Variations – Low", "Low"], "layers")
    group = image.get_layers()[0]
    check(group.is_group(), "no group")
    equal(names(group.get_children()), ["40 % #1 – High", "40 % #0 – High"],
          "layers of the group")


def flat(image, value, name):
    """A layer of one grey."""
    return add_layer(image, array.array("f", [value, value, value, 1.0] *
                                        (48 * 40)), name=name)


def test_group_look():
    """In a group, layers of every mode look as they do without"""
    def shown(mode, opacity, space):
        image = new_image(precision=Gimp.Precision.FLOAT_NON_LINEAR)
        flat(image, 0.511, "Below")
        source = flat(image, 0.477, "Beach")
        source.set_mode(mode)
        source.set_opacity(opacity)
        source.set_blend_space(space)
        before = seen(image)
        source.set_visible(False)
        vary(image, [source], strength=0.0, num_variations=2, group=True)
        far = farthest(seen(image), before)
        check(far < 1e-5, mode, opacity, space, "off by", far)
        return before[0]

    modes, spaces = Gimp.LayerMode, Gimp.LayerColorSpace
    value = shown(modes.MULTIPLY, 100.0, spaces.RGB_PERCEPTUAL)
    check(abs(value - 0.244) < 0.001, value, "is not the product")
    for mode in (modes.MULTIPLY, modes.GRAIN_MERGE, modes.NORMAL):
        shown(mode, 42.0, spaces.RGB_LINEAR)


def test_chain_look():
    """Of a chain of a Multiply layer one frame shows, as the layer would"""
    image = new_image(precision=Gimp.Precision.FLOAT_NON_LINEAR)
    add_layer(image, name="Below")
    source = add_layer(image)
    source.set_mode(Gimp.LayerMode.MULTIPLY)
    source.set_opacity(42.0)
    source.set_visible(False)
    vary(image, [source], num_variations=1, steps=3)
    wanted = seen(image)
    image.remove_layer(image.get_layers()[0])
    vary(image, [source], chain_frames=6, steps=3)
    far = farthest(seen(image), wanted)
    check(far < 1e-5, "off by", far)
    equal([frame.get_visible() for frame in
           image.get_layers()[0].get_children()], [True] + 5 * [False],
          "visible")


def test_chain():
    """The chain goes from the layer into noise and back to the result"""
    image = new_image()
    source = add_layer(image, alpha=False)
    vary(image, [source], chain_frames=12, steps=8, seed=3)
    equal(names(image.get_layers()), ["Chain – Beach", "Beach"], "layers")
    frames = image.get_layers()[0].get_children()[::-1]
    equal(len(frames), 12, "frames")
    before, turn, after = frames[0], frames[6], frames[-1]
    equal(before.get_name(), "1: layer, t = 0 (100ms)", "first name")
    equal(turn.get_name(), "7: t = 400 (100ms)", "name at the turn")
    equal(after.get_name(), "12: result, t = 0 (100ms)", "last name")
    equal(raw(before), raw(source), "the first frame")
    equal(floats(after), floats_of(seed=3, steps=8), "the last frame")

    def noise(frame):
        return sum(abs(a - b) for a, b in zip(floats(frame), floats(source)))
    sizes = [noise(frame) for frame in frames]
    equal(sizes[:7], sorted(sizes[:7]), "noise on the way in")
    equal(sizes[6:9], sorted(sizes[6:9], reverse=True), "noise on the way back")


def test_chain_tileable():
    """The first frame is the layer, not yet with joined edges"""
    image = new_image()
    source = add_layer(image)
    vary(image, [source], chain_frames=4, steps=3, tileable=True)
    frames = image.get_layers()[0].get_children()[::-1]
    equal(raw(frames[0]), raw(source), "the first frame")
    equal(raw(frames[-1]), one(steps=3, tileable=True), "the last frame")


def test_chain_result():
    """The last frame is what a run gives, kept colours and all"""
    image = new_image()
    vary(image, [add_layer(image)], chain_frames=4, steps=3, seed=3,
         keep_colours=True)
    last = image.get_layers()[0].get_children()[0]
    check(last.get_name().startswith("4: result"), last.get_name())
    equal(raw(last), one(steps=3, seed=3, keep_colours=True), "pixels")
    check(raw(last) != one(steps=3, seed=3, keep_colours=False),
          "colours kept make no difference")


def test_chain_counts():
    """As many frames as asked for, also with few steps, for each layer"""
    image = new_image(20, 16)
    low = add_layer(image, name="Low")
    high = add_layer(image, name="High")
    for frames, steps in ((1, 3), (2, 3), (3, 1), (24, 6), (40, 2)):
        made = [layer for layer in
                vary(image, [low, high], chain_frames=frames, steps=steps)
                if not layer.is_group()]
        equal(len(made), 2 * frames, "frames")
        for part in (made[:frames], made[frames:]):
            check(part[-1].get_name().startswith(f"{frames}: result, t = 0"),
                  part[-1].get_name())
            check(frames == 1 or part[0].get_name().startswith(
                "1: layer, t = 0 (100ms)"), part[0].get_name())
        for layer in image.get_layers():
            if layer.is_group():
                image.remove_layer(layer)


def test_chain_of_nothing():
    """At strength 0 there is no chain, and a message says so"""
    image = new_image(16, 16)
    refused(["strength", "0"], image, [add_layer(image)], CALLING,
            chain_frames=4, strength=0.0)


def gif_frames(image):
    """Exports an image as an animation; how long each frame is shown."""
    path = os.path.join(os.environ["SHOTS"], "chain.gif")
    procedure = Gimp.get_pdb().lookup_procedure("file-gif-export")
    config = procedure.create_config()
    for name, value in {"run-mode": Gimp.RunMode.NONINTERACTIVE,
                        "image": image, "as-animation": True,
                        "file": Gio.File.new_for_path(path)}.items():
        config.set_property(name, value)
    status = procedure.run(config).index(0)
    check(status == Gimp.PDBStatusType.SUCCESS, status,
          Gimp.get_pdb().get_last_error())
    with Image.open(path) as gif:
        durations = []
        for i in range(gif.n_frames):
            gif.seek(i)
            durations.append(gif.info.get("duration"))
    return durations


def test_chain_image():
    """As a new image the chain can be exported as an animation"""
    image = new_image(24, 20)
    source = add_layer(image, scene(16, 16, lambda x, y: x / 15),
                       size=(16, 16), offsets=(5, 3))
    known = {each.get_id() for each in Gimp.get_images()}
    equal(vary(image, [source], chain_frames=9, steps=3, chain_as="image"), [],
          "new layers of the image")
    new = [each for each in Gimp.get_images() if each.get_id() not in known]
    equal(len(new), 1, "new images")
    frames = new[0].get_layers()
    equal(len(frames), 9, "frames")
    equal((new[0].get_width(), new[0].get_height()), (16, 16), "size")
    equal({tuple(frame.get_offsets())[-2:] for frame in frames}, {(0, 0)},
          "offsets")
    equal(raw(frames[-1]), raw(source), "the first frame")
    equal(frames[0].get_name(), "9: result, t = 0 (100ms) (replace)", "name")
    equal(gif_frames(new[0]), [100] * 9, "durations of the frames")


def test_chain_image_plain():
    """Frames of a masked Multiply layer of 42 % show their pixels alone"""
    def frames_of(**settings):
        known = {each.get_id() for each in Gimp.get_images()}
        vary(image, [source], chain_frames=5, steps=2, chain_as="image",
             **settings)
        return [each for each in Gimp.get_images()
                if each.get_id() not in known][0]

    for alpha in (False, True):
        image = new_image(24, 20)
        add_layer(image, name="Below")
        source = add_layer(image, scene(24, 20, lambda x, y: x / 23),
                           alpha=alpha)
        plain = frames_of()
        source.set_mode(Gimp.LayerMode.MULTIPLY)
        source.set_opacity(42.0)
        source.set_blend_space(Gimp.LayerColorSpace.RGB_LINEAR)
        source.set_composite_mode(Gimp.LayerCompositeMode.CLIP_TO_BACKDROP)
        equal_frames(frames_of(), plain, alpha)

        mask = source.create_mask(Gimp.AddMaskType.WHITE)
        source.add_mask(mask)
        write(mask, array.array("f", [0.25, 0.0, 1.0, 1.0] * 120),
              form="Y float")
        source.set_apply_mask(False)
        equal_frames(frames_of(), plain, alpha)
        source.set_apply_mask(True)
        masked = frames_of()
        for frame, other in zip(masked.get_layers(), plain.get_layers()):
            check(frame.get_mask() is None, "the mask is still there")
            check(frame.get_name().endswith(" (replace)"), frame.get_name())
            wanted = [value * (0.25, 0.0, 1.0, 1.0)[i % 4]
                      for i, value in enumerate(floats(other)[3::4])]
            far = farthest(floats(frame)[3::4], wanted)
            check(far < 0.005, "alpha is off by", far)
        replaces(masked)


def equal_frames(image, wanted, alpha):
    """Fails unless an image's frames are plain, and those of another."""
    for frame, other in zip(image.get_layers(), wanted.get_layers()):
        equal((frame.get_mode(), frame.get_opacity(), frame.get_visible()),
              (Gimp.LayerMode.NORMAL, 100.0, True), "mode and opacity")
        equal(raw(frame), raw(other), "pixels")
        equal(frame.get_name().endswith(" (replace)"), alpha,
              f"replaces, {frame.get_name()}")
    replaces(image)


def replaces(image):
    """Fails unless an image shows its top frame and nothing of others."""
    frame, shown = floats(image.get_layers()[0]), seen(image)
    for i in range(0, len(frame), 4):
        far = farthest(frame[i:i + 4], shown[i:i + 4])
        check(far < 0.005 or frame[i + 3] == shown[i + 3] == 0.0,
              "off by", far, "at", i // 4)


def floats_of(**settings):
    """One variation of the usual layer without alpha."""
    image = new_image()
    made = vary(image, [add_layer(image, alpha=False)], num_variations=1,
                **settings)
    return floats(made[0])


def test_near():
    """Near variations differ a little, by their other seeds"""
    plain = one(seed=5)
    near = one(seed=5, vary=0.1, vary_seed=1)
    other = one(seed=5, vary=0.1, vary_seed=2)
    far = one(seed=6)
    check(len({plain, near, other, far}) == 4, "some are equal")

    def distance(a, b):
        return sum(abs(x - y) for x, y in zip(a, b))
    check(distance(plain, near) < distance(plain, far), "near is not nearer")
    image = new_image()
    made = vary(image, [add_layer(image)], seed=5, vary=0.1, vary_seed=1,
                num_variations=2)
    equal([raw(layer) for layer in made], [near, other], "two of them")


def test_ways():
    """Tileable, kept colours, eta and each sampler change the result"""
    plain = one(strength=80.0)
    check(one(strength=80.0, tileable=True) != plain, "tileable does nothing")
    check(one(strength=80.0, keep_colours=True) != plain,
          "keep-colours does nothing")
    check(one(sampler="ddim", eta=1.0) != one(sampler="ddim"),
          "eta does nothing")


def test_colours():
    """Kept colours are nearer to the layer's than others"""
    image = new_image()
    source = add_layer(image, alpha=False)
    want = floats(source)

    def shift(**settings):
        got = floats_of(strength=95.0, seed=2, **settings)
        n = len(got) // 4
        return sum(abs(sum(got[i + c] - want[i + c]
                           for i in range(0, len(got), 4)) / n)
                   for c in range(3))
    kept, free = shift(keep_colours=True), shift()
    check(kept < 0.5 * free or kept < 0.01, kept, "kept,", free, "not")
    return f"mean shift {kept:.4f} with, {free:.4f} without"
