# SPDX-License-Identifier: GPL-3.0-or-later
"""The preview: what it shows.

Each test opens the photograph anew in a window, some at a size that needs
many of the network's tiles.
"""

import os
import re

from gi.repository import Gegl, Gimp
from PIL import Image, ImageChops, ImageStat

from access import State
from desktop import (changed, drag_slider, enter, find, focus, keys, labels,
                     look_up, picture, press, says, shot, still, wait,
                     windows)
from harness import check, equal, raw, read, vary
from lake import (MOST, SAMPLER, STEPS, choose_filter, close_dialog, gone,
                  lake, open_dialog, under_way, whole)
from restoring import add_noise, open_own


def label(pattern):
    """The first group of the label that matches."""
    def match():
        for text in labels():
            found = re.fullmatch(pattern, text)
            if found:
                return found.group(1)
        return None
    return wait(f"a label {pattern!r}", match, 20)


# What it shows ------------------------------------------------------------

def whole_picture(layer):
    """A layer as a picture in R'G'B'."""
    size = (layer.get_width(), layer.get_height())
    return Image.frombytes("RGB", size, read(layer, "R'G'B' u8"))


def middle(shown, size):
    """The middle of what the canvas shows, and where in a layer of that size
    it would lie."""
    part = [min(most, shown.size[i] - 40, size[i] - 8) // 2 * 2
            for i, most in enumerate((500, 200))]
    corner = [(shown.size[i] - part[i]) // 2 for i in (0, 1)]
    place = [(size[i] - part[i]) // 2 for i in (0, 1)]
    return shown.crop((corner[0], corner[1], corner[0] + part[0],
                       corner[1] + part[1])), place


def far(shown, layer, place):
    """The greatest difference from the layer at that place."""
    part = layer.crop((place[0], place[1], place[0] + shown.size[0],
                       place[1] + shown.size[1]))
    return max(high for low, high in
               ImageStat.Stat(ImageChops.difference(shown, part)).extrema)


def find_place(shown, layer, place, most=0):
    """Where exactly in the layer it is that is shown, each value off by most
    at most."""
    for x in (0, -1, 1, -2, 2):
        for y in (0, -1, 1, -2, 2):
            at = (place[0] + x, place[1] + y)
            if far(shown, layer, at) <= most:
                return at
    raise AssertionError("the layer is not seen as it is")


def test_tiles():
    """Also in the middle of many tiles the preview shows the run's pixels"""
    with lake(1900, 260) as opened:
        open_dialog(opened.window, strength=60, variations=1)
        press("Zoom to 100 %")
        press("Restored")
        whole()
        canvas = find("Preview")
        restored = still(canvas)
        press("Layer")
        shown, place = middle(changed(canvas, [restored]), opened.size)
        place = find_place(shown, whole_picture(opened.layer), place)
        press("Run")
        opened.wait_layers(2, 300)
        close_dialog()
        shown = middle(restored, opened.size)[0]
        off = far(shown, whole_picture(opened.image.get_layers()[0]), place)
        differs = far(shown, whole_picture(opened.layer), place)
        check(differs > 10, "the preview shows no variation")
        check(off <= 1, "the preview is off by", off)
        return f"the preview is off by {off} of 255"


def distance(one, other):
    """The root of the mean square of how far two pictures are apart."""
    bands = ImageStat.Stat(ImageChops.difference(one, other)).rms
    return (sum(band ** 2 for band in bands) / len(bands)) ** 0.5


def test_reduced():
    """At 50 % the restored view is near the run's result at that size"""
    with lake(960, 544) as opened:
        add_noise(opened)
        open_own(opened)
        press("Zoom to 100 %")
        for _ in range(2):
            press("Zoom out")
        label("(50 %)")
        press("Restored")
        wait("the end of the preview",
             lambda: look_up("As the result will be, reduced to 50 %"), 60)
        canvas = find("Preview")
        shown = {"Restored": still(canvas)}
        press("Layer")
        shown["Layer"] = changed(canvas, shown.values())
        press("Run")
        opened.wait_layers(2)
        close_dialog()
        result, layer = (whole_picture(each).reduce(2)
                         for each in opened.image.get_layers())
        part, place = middle(shown["Layer"], layer.size)
        place = find_place(part, layer, place, 1)
        part, _ = middle(shown["Restored"], layer.size)
        box = (place[0], place[1], place[0] + part.size[0],
               place[1] + part.size[1])
        off, noise = (distance(part, each.crop(box)) for each in (result, layer))
        check(off < 2.5 and off < 0.35 * noise, off, "of", noise)
        return f"{off:.2f} of 255, the noise being {noise:.2f}"


def test_parts():
    """Made of the layer's own parts it shows at 100 % the run's pixels, and at 50 %
    the same, reduced"""
    with lake(320, 180) as opened:
        open_dialog(opened.window, strength=80, variations=1,
                    made_of="This layer alone")
        press("Zoom to 100 %")
        for _ in range(2):
            press("Zoom out")
        label("(50 %)")
        press("Variation")
        wait("the end of the preview",
             lambda: look_up("As the result will be, reduced to 50 %"), 240)
        canvas = find("Preview")
        pictures = [still(canvas)]
        press("Layer")
        pictures.append(changed(canvas, pictures))
        press("Zoom to 100 %")
        wait("the end of the preview",
             lambda: look_up("As the result will be"), 240)
        pictures.append(changed(canvas, pictures))
        press("Variation")
        pictures.append(changed(canvas, pictures))
        shot("parts")
        press("Run")
        opened.wait_layers(2, 240)
        close_dialog()
        result, layer = (whole_picture(each)
                         for each in opened.image.get_layers())
        small, small_place = middle(pictures[1], (160, 90))
        small_place = find_place(small, layer.reduce(2), small_place, 1)
        box = (*small_place, small_place[0] + small.size[0],
               small_place[1] + small.size[1])
        off = distance(middle(pictures[0], (160, 90))[0],
                       result.reduce(2).crop(box))
        shown, place = middle(pictures[2], opened.size)
        place = find_place(shown, layer, place)
        shown = middle(pictures[3], opened.size)[0]
        check(far(shown, layer, place) > 10, "it shows no variation")
        check(far(shown, result, place) <= 1, "at 100 % it is off by",
              far(shown, result, place))
        check(off < 255 * 10 ** (-25 / 20), "at 50 % it is off by", off)
        return f"at 50 % it is off by {off:.1f} of 255"


def tint(shown):
    """How far the most colourful pixel of a picture is from grey."""
    red, green, blue = shown.split()
    return max(ImageStat.Stat(ImageChops.difference(one, other)).extrema[0][1]
               for one, other in ((red, green), (green, blue), (blue, red)))


def heart(shown):
    """The middle of a small picture, without what lies around it."""
    return shown.crop((shown.size[0] // 4, 20, shown.size[0] * 3 // 4, 50))


def strip(names):
    """The small pictures under names, once no two of them look alike."""
    def shown():
        return [heart(picture(find(name))) for name in names]

    def differ():
        found = shown()
        return all(ImageChops.difference(one, other).getbbox()
                   for i, one in enumerate(found) for other in found[:i])

    wait("different pictures", differ, 120)
    wait("the end of the preview", lambda: says("As the result will be"), 120)
    return [heart(still(find(name))) for name in names]


def check_grey(opened, most, near=1):
    """The preview, picker and chain of a grey layer have no colour, and at
    100 % the preview shows what the image does after the run."""
    open_dialog(opened.window, strength=60, variations=1)
    press("Zoom to 100 %")
    canvas = find("Preview")
    pictures, shown = [], {}
    for view in ("Restored", "Noised", "Layer"):
        press(view)
        whole()
        pictures.append(changed(canvas, pictures))
        shown[view], place = middle(pictures[-1], opened.size)
        equal(tint(shown[view]), 0, f"colour in {view}")
    place = find_place(shown["Layer"], whole_picture(opened.layer), place,
                       most)
    press("Pick variations")
    small = strip(["Variation with seed 17", "Variation with seed 19",
                   "Variation with seed 22"])
    shot("grey-picker")
    press("The chain")
    wait("the chain", lambda: says("Result, t = 0"), 120)
    small += strip(["The layer", "Where it turns round", "The result"])
    shot("grey-chain")
    equal([tint(one) for one in small], 6 * [0], "colour in small pictures")
    press("Run")
    opened.wait_layers(2, 120)
    close_dialog()
    seen = Gimp.Layer.new_from_visible(opened.image, opened.image, "seen")
    off = far(shown["Restored"], whole_picture(seen), place)
    differs = far(shown["Restored"], whole_picture(opened.layer), place)
    noise = far(shown["Noised"], whole_picture(opened.layer), place)
    check(differs > 10, "the preview shows no variation")
    check(noise > 60, "noise of no more than", noise)
    check(off <= near, "the preview is off by", off)
    return f"the preview is off by {off} of 255"


def test_grey():
    """What is seen of a grey layer is grey, and as the run makes it"""
    with lake(240, 136) as opened:
        opened.image.convert_grayscale()
        return check_grey(opened, 0)


def test_grey_profile():
    """So it is with a profile, transparency and a soft selection"""
    with lake(240, 136) as opened:
        image = opened.image
        image.convert_grayscale()
        check(image.set_color_profile(
            Gimp.ColorProfile.new_d50_gray_lab_trc()), "no profile")
        opened.layer.add_alpha()
        Gimp.context_set_feather(True)
        Gimp.context_set_feather_radius(20, 20)
        image.select_ellipse(Gimp.ChannelOps.REPLACE, 40, 10, 160, 116)
        Gimp.context_set_feather(False)
        # The result's mask, of 8 bits, is blended by in 8 bits.
        return check_grey(opened, 1, 2)


def test_grey_linear():
    """So it is in 32-bit floating point with linear light"""
    with lake(240, 136) as opened:
        opened.image.convert_grayscale()
        opened.image.convert_precision(Gimp.Precision.FLOAT_LINEAR)
        return check_grey(opened, 1)


def test_drag():
    """Dragging the slider makes whole percents, other ones stay"""
    with lake(240, 136) as opened:
        open_dialog(opened.window, variations=1)
        drag_slider([0.403, 0.5519, 0.6177])
        spin = find("Strength (%)", "spin button")
        wait("the end of the drag", lambda: spin.value > 58, 20)
        value = spin.value
        check(value == round(value) and 50 < value < 75, value)
        enter("Strength (%)", 12.5)
        focus(windows("^Diffusion$")[0])
        find("Strength (%)", "spin button").focus()
        wait("the focus", lambda: find("Strength (%)", "spin button")
             .has(State.FOCUSED), 10)
        keys("Tab")
        wait("the focus to leave", lambda: not
             find("Strength (%)", "spin button").has(State.FOCUSED), 10)
        equal(find("Strength (%)", "spin button").value, 12.5, "strength")
        press("Run")
        opened.wait_layers(2)
        equal(opened.names()[0], "12.5 % #17 – Lake", "name")
        close_dialog()


def paint(opened):
    """Fills the layer with red, in GIMP's window."""
    focus(opened.window)
    Gimp.context_set_foreground(Gegl.Color.new("red"))
    opened.layer.fill(Gimp.FillType.FOREGROUND)


def wait_red(canvas):
    """Waits for the red layer in the preview."""
    def red():
        shown = picture(canvas)
        return shown.getpixel((shown.size[0] // 2,
                               shown.size[1] // 2)) == (255, 0, 0)

    wait("the red layer", red, 30)


def test_changed_layer():
    """What is painted meanwhile is seen when the user comes back"""
    with lake(240, 136) as opened:
        dialog = open_dialog(opened.window)
        press("Layer")
        press("Zoom to 100 %")
        canvas = find("Preview")
        still(canvas)
        paint(opened)
        focus(dialog)
        wait_red(canvas)
        close_dialog()


def test_changed_in_run():
    """What is painted during a run is seen after it, and not made of it"""
    with lake(240, 136) as opened:
        before = opened.layer.copy()
        dialog = open_dialog(opened.window, variations=MOST)
        press("Layer")
        press("Zoom to 100 %")
        canvas = find("Preview")
        still(canvas)
        press("Run")
        wait("the run to get on", under_way)
        paint(opened)
        focus(dialog)
        still(canvas)
        press("Stop")
        wait("the message", lambda: says("made"), 30)
        wait_red(canvas)
        close_dialog()
        last = opened.image.get_layers()[0]
        seed = int(re.search(r"#(\d+)", last.get_name()).group(1))
        opened.image.insert_layer(before, None, 0)
        equal(raw(last), raw(vary(opened.image, [before], seed=seed,
                                  steps=STEPS, sampler=SAMPLER,
                                  num_variations=1)[0]), "pixels")


def test_picked():
    """The preview shows what is ticked first, and no longer what is not"""
    with lake(240, 136) as opened:
        open_dialog(opened.window)
        press("Pick variations")
        press("Noised")
        press("Zoom to 100 %")
        canvas = find("Preview")
        before = still(canvas)
        press("18", "check box")

        def differs(old):
            return lambda: ImageChops.difference(
                picture(canvas), old).getbbox()

        wait("another preview", differs(before), 20)
        press("18", "check box")
        wait("the first preview", lambda: not differs(before)(), 20)
        close_dialog()


# The rest -----------------------------------------------------------------

def test_model():
    """The model's licence is named where it restores, and the folder for others
    opened"""
    with lake(240, 136) as opened:
        open_dialog(opened.window)
        press("Restore")
        said = label(r"(CC-BY-SA-4\.0, learned from \d+ px squares)")
        folder = os.path.join(os.environ["GIMP3_DIRECTORY"],
                              "diffusion-models")
        press("Open the folder for further models")
        wait("the folder", lambda: os.path.isdir(folder), 20)
        close_dialog()
        return said


def test_close_busy():
    """Closing while model, preview or picker are at work does no harm"""
    with lake(1900, 400) as opened:
        choose_filter(opened.window)
        dialog = wait("the dialog", lambda: windows("^Diffusion$"))[0]
        focus(dialog)
        keys("Escape")
        wait("the dialog to close", gone)

        for part in (None, "Pick variations"):
            dialog = open_dialog(opened.window)
            press("Zoom to 100 %")
            if part:
                press(part)
            wait("the restoring", lambda: says("step"))
            check(not look_up("As the result will be"), "not busy")
            focus(dialog)
            keys("Escape")
            wait("the dialog to close", gone)
        equal(windows("GIMP Message|Error"), [], "messages")
        equal(opened.names(), ["Lake"], "layers")
