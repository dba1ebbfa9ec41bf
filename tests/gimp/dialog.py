# SPDX-License-Identifier: GPL-3.0-or-later
"""The dialog's parts: preview, picker, chain, and settings from a result.

Each test opens the photograph anew in a window.  What was done is read from
the image and from the screen.
"""

import math
import re

from gi.repository import Gimp
from PIL import Image, ImageChops, ImageStat

from access import State, controls
from desktop import (APPLICATION, changed, choose, enter, find, focus, keys,
                     labels, look_up, nameless, number, press, says, seen,
                     shot, still, tick, wait, windows)
from harness import check, equal, raw, read, vary
from lake import (SAMPLER, SIZE, STEPS, choose_filter, close_dialog, entry,
                  gone, lake, made, open_dialog, open_menu, running, seed,
                  set_all)


def test_dialog():
    """The menu entry opens the dialog, Escape closes it without a trace"""
    with lake() as opened:
        open_menu(opened.window)
        shot("menu")
        keys("Escape", "Escape")
        wait("the menu to close", lambda: not entry(), 10)
        equal((windows("^Diffusion$"), running()), ([], []), "dialogs")
        open_menu(opened.window)
        keys("Return")
        find("Run")
        dialog = windows("^Diffusion$")[0]
        shot("dialog")
        focus(dialog)
        keys("Escape")
        wait("the dialog to close", gone, 20)
        equal(opened.names(), ["Lake"], "layers")


def test_first_seed():
    """Before the first run the seed is a random one"""
    # An early test: no run has left its settings.
    found = []
    for _ in range(2):
        with lake() as opened:
            choose_filter(opened.window)
            find("Run")
            found.append(seed())
            close_dialog()
    check(found[0] > 0 and found[1] > 0 and found[0] != found[1], found)


def test_names():
    """Each control has a name that a screen reader can say"""
    with lake() as opened:
        open_dialog(opened.window)
        choose("Custom")
        for part, within in (("Pick variations", "Re-roll"),
                             ("The chain", "Save chain as layers")):
            press(part)
            find(within)
            equal(nameless(), [], "controls without a name")
        shot("all-open")
        count = sum(control.has(State.FOCUSABLE)
                    for control in controls(APPLICATION))
        choose("Draft")
        close_dialog()
        return f"{count} controls"


def test_layers():
    """Each of two selected layers gets its variations"""
    with lake() as opened:
        other = opened.layer.copy()
        opened.image.insert_layer(other, None, 0)
        other.set_name("Sea")
        other.invert(False)
        opened.image.set_selected_layers([opened.layer, other])
        Gimp.displays_flush()
        open_dialog(opened.window, variations=1)
        press("Run")
        opened.wait_layers(4)
        equal(opened.names(), ["40 % #17 – Sea", "Sea"] +
              made(17, 1), "layers")
        found = opened.pixels()
        check(found[0] != found[2], "both are the same")
        close_dialog()
        opened.undo(["Sea", "Lake"])


def left_alpha(t):
    """What is left of the picture's power at t, by the cosine schedule."""
    def share(at):
        return math.cos((at / 1000 + 0.008) / 1.008 * math.pi / 2) ** 2

    return share(t) / share(0)


def closed_form(pictures, place, plain, few, some):
    """How far what is seen at one strength is from the closed form with the
    noise that is seen at a lower one; what rounding allows; of how many
    values."""
    # pylint: disable=too-many-locals
    (keep, add), (then_keep, then_add) = (
        (math.sqrt(left_alpha(10 * strength)),
         math.sqrt(1 - left_alpha(10 * strength))) for strength in (few, some))
    worst = count = 0
    for x in range(20, SIZE[0] - 20, 7):
        for y in range(20, SIZE[1] - 20, 7):
            at = (place[0] + x, place[1] + y)
            for value, one, other in zip(plain.getpixel((x, y)),
                                         pictures[few].getpixel(at),
                                         pictures[some].getpixel(at)):
                if not (0 < one < 255 and 0 < other < 255):
                    continue
                unit = value / 127.5 - 1
                noise = (one / 127.5 - 1 - keep * unit) / add
                wanted = (then_keep * unit + then_add * noise + 1) * 127.5
                worst = max(worst, abs(wanted - other))
                count += 1
    # Both values are rounded, and the first one's error grows.
    return worst, 0.6 + 0.6 * then_add / add + 0.2, count


def test_figures():
    """The figures beneath the slider and the noise are those of its place"""
    def says_figures(t):
        """Whether t, its ratio of signal to noise and the steps are there."""
        found = labels()
        ratio = left_alpha(t) / (1 - left_alpha(t))
        said = [re.fullmatch(r"(\S+) : (\S+) \(-?\d+ dB\)", text)
                for text in found]
        return f"t = {t} of 1000" in found and "6" in found and any(
            abs(float(one[1]) / float(one[2]) / ratio - 1) < 0.01
            for one in said if one)

    with lake() as opened:
        pixels = raw(opened.layer)
        open_dialog(opened.window)
        press("Noised")
        press("Zoom to 100 %")
        canvas = find("Preview")
        pictures = {}
        for strength in (15, 30, 60):
            find("Strength (%)", "slider").value = strength
            wait(f"the figures at {strength} %",
                 lambda: says_figures(10 * strength), 20)
            pictures[strength] = changed(canvas, pictures.values())
        press("Layer")
        layer = changed(canvas, pictures.values())
        place = where(layer, opened.layer)
        check(place, "the layer is not seen as it is")
        close_dialog()
    plain = Image.frombytes("RGB", SIZE, pixels)
    notes = []
    for few, some in ((15, 30), (30, 60)):
        off, bound, count = closed_form(pictures, place, plain, few, some)
        check(count > 200, count, "values")
        check(off < bound, f"at {some} % off by {off}, not {bound}")
        notes.append(f"{off:.2f} of {bound:.2f}")
    return "the noise is off by " + ", ".join(notes)


def test_preview():
    """At 100 % the preview shows the pixels that the run then makes"""
    with lake() as opened:
        open_dialog(opened.window, variations=1)
        press("Restored")
        press("Zoom to 100 %")
        wait("the end of the preview",
             lambda: look_up("As the result will be"), 60)
        canvas = find("Preview")
        shown = {"Restored": still(canvas)}
        for name in ("Layer", "Noised"):
            press(name)
            shown[name] = changed(canvas, shown.values())
        press("Split")
        changed(canvas, shown.values())
        shot("split")
        press("Run")
        opened.wait_layers(2)
        close_dialog()

        place = where(shown["Layer"], opened.layer)
        check(place, "the layer is not seen as it is")
        off = far(shown["Restored"], place, opened.image.get_layers()[0])
        # Two roundings of numbers that are equal but for their last bits.
        check(off <= 1, "the preview is off by", off)
        noise = far(shown["Noised"], place, opened.layer)
        check(noise > 60, "noise of no more than", noise)
        return f"the preview is off by {off} of 255"


def where(shown, layer):
    """Where in a picture of the preview the layer is seen in the middle, as
    it is; None if nowhere there."""
    left, top = ((shown.size[i] - SIZE[i]) // 2 for i in (0, 1))
    for place in ((left + x, top + y) for x in (0, -1, 1, -2, 2)
                  for y in (0, -1, 1, -2, 2)):
        if far(shown, place, layer) == 0:
            return place
    return None


def far(shown, place, layer):
    """The greatest difference between what is seen at a place and a layer,
    in 8 bits."""
    part = shown.crop((place[0], place[1], place[0] + SIZE[0],
                       place[1] + SIZE[1]))
    made_of = Image.frombytes("RGB", SIZE, read(layer, "R'G'B' u8"))
    return max(high for low, high in
               ImageStat.Stat(ImageChops.difference(part, made_of)).extrema)


def tiles(start=""):
    """The names of the small variations that begin so."""
    return [control.name for control in seen()
            if control.role == "list item" and control.name.startswith(start)]


def test_picks():
    """Two of six small variations are picked, by keys, stay and are made"""
    with lake() as opened:
        dialog = open_dialog(opened.window)
        press("Pick variations")
        first = find("Variation with seed 17")
        focus(dialog)
        first.focus()
        wait("the focus", lambda: find("Variation with seed 17")
             .has(State.FOCUSED), 10)
        keys("space", "Right", "Right", "space")
        ticked = {f"Variation with seed {number}, ticked"
                  for number in (17, 19)}
        wait("the ticks", lambda: ticked <= set(tiles()), 10)
        wait("the words", lambda: says("Run makes the 2 ticked ones"), 10)
        shot("picked")

        # They stay while near ones and others come.
        find("Variation with seed 18").focus()
        wait("the focus", lambda: find("Variation with seed 18")
             .has(State.FOCUSED), 10)
        keys("Return")
        press("More like this")
        wait("near ones", lambda: len(tiles("Variation with seed 18 near "))
             == 3, 10)
        press("Re-roll")
        wait("others", lambda: not any(" near " in name for name in tiles()),
             10)
        check(ticked <= set(tiles()), tiles())
        equal(len(tiles()), 6, "small variations")
        press("Run")
        opened.wait_layers(3)
        equal(opened.names(), ["40 % #19 – Lake", "40 % #17 – Lake", "Lake"],
              "layers")
        found = opened.pixels()
        close_dialog()
        opened.undo(["Lake"])
        for pixels, seed in zip(found, (19, 17)):
            layer = vary(opened.image, [opened.layer], seed=seed, steps=STEPS,
                         sampler=SAMPLER, num_variations=1)[0]
            equal(pixels, raw(layer), f"pixels of seed {seed}")
            opened.image.remove_layer(layer)


def test_next_seed():
    """A run moves the seed on, so that the next one makes others"""
    with lake() as opened:
        open_dialog(opened.window, variations=2)
        for made_first in (17, 19):
            press("Run")
            opened.wait_layers(made_first - 14)
            wait("the next seed", lambda: seed() == made_first + 2, 20)
        equal(opened.names(), made(17, 4), "layers")

        # What is picked is made once; the seed goes past it where the next
        # run would make it again.
        press("Pick variations")
        for picked, then in (("23", 21), ("22", 24)):
            count = len(opened.names())
            tick(picked, True)
            wait("the words", lambda: says("the ticked one"), 10)
            press("Run")
            opened.wait_layers(count + 1)
            find("Variations", "spin button")
            equal(seed(), then, f"seed after {picked} was picked")
            equal(opened.names()[0], f"40 % #{picked} – Lake", "the pick")

        # The same again is possible.
        enter("Seed", 17)
        enter("Variations", 1)
        press("Run")
        opened.wait_layers(8)
        equal(opened.pixels()[0], opened.pixels()[-2], "pixels of seed 17")
        press("The chain")
        wait("the next seed", lambda: seed() == 18, 20)
        press("Save chain as layers")
        opened.wait_layers(9)
        equal(seed(), 18, "seed after the chain")
        close_dialog()


def test_ticks():
    """What is ticked is what is made: New seed and Untick take it away"""
    with lake() as opened:
        open_dialog(opened.window)
        press("Pick variations")
        for button in ("New seed", "Untick"):
            tick(str(seed() + 1), True)
            wait("the words", lambda: says("the ticked one"), 10)
            check(not look_up("Variations", "spin button"), "a number too")
            press(button)
            find("Variations", "spin button")
            wait("no ticks", lambda: not any(
                control.has(State.CHECKED) for control in seen()
                if control.role == "check box"), 10)
        enter("Variations", 1)
        press("Run")
        opened.wait_layers(2)
        close_dialog()


def test_chain():
    """The chain is saved as a layer group of so many frames"""
    with lake() as opened:
        open_dialog(opened.window)
        press("The chain")
        enter("Frames", 8)
        wait("the chain", lambda: says("Result, t = 0"), 20)
        shot("chain")
        press("Save chain as layers")
        opened.wait_layers(2)
        equal(opened.names(), ["Chain – Lake", "Lake"], "layers")
        wait("the message", lambda: says("8 layers were made"), 20)
        frames = opened.image.get_layers()[0].get_children()
        equal(len(frames), 8, "frames")
        equal(raw(frames[-1]), raw(opened.layer), "the first frame")
        equal(len({raw(frame) for frame in frames}), 8, "different frames")
        close_dialog()
        opened.undo(["Lake"])


def test_recall():
    """From a result the dialog starts with its settings and its source"""
    with lake() as opened:
        image = opened.image
        first = vary(image, [opened.layer], seed=117, num_variations=1,
                     strength=55, steps=STEPS, sampler=SAMPLER)[0]
        image.set_selected_layers([first])
        Gimp.displays_flush()
        choose_filter(opened.window)
        find("Start from its settings")
        shot("question")
        press("Start from its settings")
        find("Run")
        equal([number(name) for name in ("Strength (%)", "Seed")],
              [55, 117], "settings")
        enter("Variations", 1)
        press("Run")
        opened.wait_layers(3)
        equal(opened.names(), ["55 % #117 – Lake #1", "55 % #117 – Lake",
                               "Lake"], "layers")
        equal(raw(image.get_layers()[0]), raw(first), "pixels")
        close_dialog()


def test_copied():
    """A result from another image says that its layer is gone"""
    with lake() as opened:
        image = opened.image
        other = Gimp.Image.new(24, 20, Gimp.ImageBaseType.RGB)
        source = Gimp.Layer.new(other, "Pond", 24, 20, Gimp.ImageType.RGB_IMAGE,
                                100.0, Gimp.LayerMode.NORMAL)
        other.insert_layer(source, None, 0)
        check(source.set_tattoo(opened.layer.get_tattoo()), "no tattoo")
        result = vary(other, [source], num_variations=1, strength=55, steps=1)
        copy = Gimp.Layer.new_from_drawable(result[0], image)
        image.insert_layer(copy, None, 0)
        image.set_selected_layers([copy])
        Gimp.displays_flush()
        choose_filter(opened.window)
        find("Start from its settings")
        check(says("is gone"), "not said")
        check(not says("“Lake” is varied"), "the wrong layer")
        press("Start from its settings")
        find("Run")
        equal(number("Strength (%)"), 55, "strength")
        set_all(strength=50, variations=1)
        press("Run")
        opened.wait_layers(3)
        equal(opened.names()[1:], [copy.get_name(), "Lake"], "layers")
        close_dialog()
        other.delete()


def test_settings():
    """Settings by hand are kept as a preset, and a run goes by them"""
    # The last test: GIMP keeps the settings for the next run.
    boxes = ("Tileable", "Keep colours", "As a group",
             "Selection as adjustable mask")
    by_hand = {"sampler": "ddim", "steps": 5, "eta": 0.5, "tileable": True,
               "keep_colours": True}

    def settings():
        return [number(name) for name in ("Steps", "Eta")] + \
            [find(name, "check box").has(State.CHECKED) for name in boxes]

    with lake() as opened:
        dialog = open_dialog(opened.window, variations=1)
        choose("Custom")
        choose("DDIM", "ddim")
        enter("Steps", by_hand["steps"])
        enter("Eta", by_hand["eta"])
        for name in boxes:
            tick(name, True)
        before = settings()
        press("Save these settings as a preset")
        focus(wait("the question", lambda: windows("^Save Preset$"), 30)[0])
        wait("the focus", lambda: any(
            control.has(State.FOCUSED) for control in seen()
            if control.role == "text"), 20)
        keys("m", "i", "s", "t")
        wait("the name", lambda: any(
            control.has(State.FOCUSED) and control.text == "mist"
            for control in seen() if control.role == "text"), 20)
        keys("Return")
        find("mist", "combo box")
        focus(dialog)
        choose("Draft")
        for name in boxes:
            tick(name, False)
        choose("None")
        choose("mist")
        wait("the settings", lambda: settings() == before, 30)
        shot("preset")
        press("Delete this preset")
        find("None", "combo box")
        press("Run")
        opened.wait_layers(2)
        equal(opened.names(), ["Variations – Lake", "Lake"], "layers")
        wait("the message", lambda: says("1 layer was made"), 20)
        result = opened.image.get_layers()[0].get_children()[0]
        wanted = vary(opened.image, [opened.layer], seed=17, num_variations=1,
                      **by_hand)[0]
        equal(raw(result), raw(wanted), "pixels")
        close_dialog()
