# SPDX-License-Identifier: GPL-3.0-or-later
"""Restore in GIMP's windows: the switch of tasks, the menu entry of its own,
what it says of the noise, runs, undo, Repeat, Stop and starting from a result.
"""

import array
import functools
import random
import re

from gi.repository import Gimp

from access import State, controls, pause
from desktop import (changed, choose, enter, find, focus, keys, labels,
                     look_up, nameless, number, press, says, seen, shot, still, wait,
                     windows)
from dialog import far, where
from harness import check, equal, raw, restore, vary, write
from lake import (SIZE, choose_filter, close_dialog, gone, lake, photograph,
                  running)

SIGMA = 15          # of 255


@functools.cache
def noisy(width, height):
    """The photograph's bytes in that size, with noise."""
    chance = random.Random(7)
    return bytes(min(max(round(value + chance.gauss(0, SIGMA)), 0), 255)
                 for value in photograph(width, height))


def add_noise(opened):
    """Puts noise on the layer."""
    opened.image.undo_disable()
    write(opened.layer, noisy(*opened.size), form="R'G'B' u8")
    opened.image.undo_enable()
    Gimp.displays_flush()


@functools.cache
def own_entry():
    """The menu entry of its own, in the menu that is not open."""
    return next(control for control in controls("gimp")
                if control.role == "menu item" and
                control.name.startswith("Restore (Diffusion)"))


def open_own(opened):
    """Opens the dialog of its own; its window."""
    focus(opened.window)
    wait("the entry", own_entry().act, 20)
    find("Run")
    dialog = windows(r"^Restore \(Diffusion\)$")[0]
    focus(dialog)
    return dialog


def open_both(opened, task):
    """Opens the dialog that has the switch, with that task; its window."""
    choose_filter(opened.window)
    find("Run")
    dialog = windows("^Diffusion$")[0]
    focus(dialog)
    switch(task)
    return dialog


def switch(task):
    """Switches to a task."""
    press(task, "radio button")
    wait(task, lambda: find(task, "radio button").has(State.CHECKED), 20)


def measured():
    """What is said of the noise, in steps of 255."""
    def said():
        return [float(found[1]) for found in
                (re.match(r"Noise (\S+) of 255", text) for text in labels())
                if found]

    return wait("the noise", said, 30)[0]


def test_menu():
    """Filters > Enhance has an entry; its dialog restores and nothing else"""
    with lake() as opened:
        add_noise(opened)
        dialog = open_own(opened)
        check(not look_up("Vary", "radio button"), "there is a switch")
        check(not look_up("Pick variations"), "variations can be picked")
        found = measured()
        check(abs(found - SIGMA) < 2.5, "noise of", found)
        equal(nameless(), [], "controls without a name")
        shot("own")
        focus(dialog)
        keys("Escape")
        wait("the dialog to close", gone, 20)
        equal(opened.names(), ["Lake"], "layers")
        return f"{found} of {SIGMA}"


def test_switch():
    """The switch changes what is seen, and each task keeps its settings"""
    varying = ("Strength (%)", "Variations")
    restoring = ("Amount (%)", "Detail (%)", "Colour noise (%)",
                 "Grain put back (%)", "Averages")

    def spins():
        return {control.name for control in seen()
                if control.role == "spin button"}

    with lake() as opened:
        add_noise(opened)
        open_both(opened, "Vary")
        enter("Strength (%)", 55)
        equal(spins() & set(restoring), set(), "controls of Restore")
        check(look_up("Pick variations") and look_up("Tileable"), "not all of Vary")
        switch("Restore")
        wait("the controls of Restore",
             lambda: spins() >= set(restoring) | {"Seed"}, 20)
        equal(spins() & set(varying), set(), "controls of Vary")
        for name in ("Pick variations", "Made of", "Protect", "Tileable"):
            check(not look_up(name), name, "is still seen")
        enter("Amount (%)", 130)
        equal(nameless(), [], "controls without a name")
        shot("switched")
        switch("Vary")
        wait("the controls of Vary", lambda: spins() >= set(varying), 20)
        equal(number("Strength (%)"), 55, "strength")
        check(look_up("Tileable") and look_up("Pick variations"),
              "not all is back")
        switch("Restore")
        equal(wait("amount", lambda: number("Amount (%)"), 20), 130, "amount")
        close_dialog()


def focused():
    """The name of the control that has the focus, or of its label."""
    for control in seen():
        if control.has(State.FOCUSED):
            return control.name or control.role
    return None


def test_keys():
    """Tab goes through the column from above, keys change the task"""
    with lake() as opened:
        open_both(opened, "Restore")
        wait("the focus", lambda: find("Restore", "radio button").focus()
             and focused() == "Restore", 20)
        wanted = ["Amount (%)", "Detail (%)", "Colour noise (%)",
                  "Grain put back (%)", "Seed", "Averages"]
        order = []
        for _ in range(40):
            keys("Tab")
            # A combo box has no focus that can be read.
            for _ in range(4):
                pause()
            if focused() in wanted and focused() not in order:
                order.append(focused())
            if order == wanted:
                break
        equal(order, wanted, "the way of the focus")
        find("Restore", "radio button").focus()
        wait("the focus", lambda: focused() == "Restore", 20)
        keys("Left", "space")
        wait("Vary", lambda: find("Vary", "radio button").has(State.CHECKED))
        find("Strength (%)", "spin button")
        close_dialog()


def test_run():
    """Run makes one layer as the preview has it; undo, redo and Repeat"""
    with lake() as opened:
        add_noise(opened)
        open_both(opened, "Restore")
        press("Restored")
        press("Zoom to 100 %")
        wait("the end of the preview",
             lambda: look_up("As the result will be"), 60)
        canvas = find("Preview")
        shown = still(canvas)
        press("Layer")
        place = where(changed(canvas, [shown]), opened.layer)
        check(place, "the layer is not seen as it is")
        press("Run")
        opened.wait_layers(2)
        wait("the message", lambda: says("1 layer was made"), 20)
        equal(opened.names(), ["Restored – Lake", "Lake"], "layers")
        equal(raw(opened.layer), noisy(*SIZE), "the source")
        off = far(shown, place, opened.image.get_layers()[0])
        check(off <= 1, "the preview is off by", off)
        found = opened.pixels()
        check(found[0] != found[1], "nothing changed")
        close_dialog()
        opened.undo(["Lake"])
        keys("ctrl+y")
        opened.wait_layers(2, 20)
        equal(opened.pixels(), found, "pixels after redo")
        opened.undo(["Lake"])
        opened.repeat()
        opened.wait_layers(2)
        equal((opened.names(), opened.pixels()),
              (["Restored – Lake", "Lake"], found), "what Repeat makes")
        return f"the preview is off by {off} of 255"


def test_beyond():
    """Of a floating-point layer the preview sees what lies beyond white"""
    with lake() as opened:
        opened.image.undo_disable()
        opened.image.convert_precision(Gimp.Precision.FLOAT_LINEAR)
        # The sky becomes white with the noise about it.
        bright = array.array("f", (value / 255 * 1.4
                                   for value in noisy(*SIZE)))
        check(sum(value > 1 for value in bright) > len(bright) / 20,
              "hardly any light beyond white")
        write(opened.layer, bright, form="R'G'B' float")
        opened.image.undo_enable()
        open_own(opened)
        press("Restored")
        press("Zoom to 100 %")
        wait("the end of the preview",
             lambda: look_up("As the result will be"), 60)
        found = measured()
        canvas = find("Preview")
        shown = still(canvas)
        press("Layer")
        place = where(changed(canvas, [shown]), opened.layer)
        check(place, "the layer is not seen as it is")
        press("Run")
        opened.wait_layers(2)
        off = far(shown, place, opened.image.get_layers()[0])
        check(off <= 1, "the preview is off by", off)
        close_dialog()
        return f"noise {found}; the preview is off by {off} of 255"


def test_stop():
    """Stop ends a run without a trace, and says so"""
    with lake(796, 448) as opened:
        add_noise(opened)
        open_own(opened)
        enter("Averages", 16)
        press("Run")
        wait("the run to get on", lambda: any(
            "step" in control.name for control in seen()
            if control.role == "progress bar"), 60)
        shot("restoring")
        press("Stop")
        wait("the message",
             lambda: says("Stopped before the layer was restored"), 30)
        equal(opened.names(), ["Lake"], "layers")
        close_dialog()


def test_recall():
    """From a restored layer both dialogs start with its settings"""
    with lake() as opened:
        add_noise(opened)
        image = opened.image
        first = restore(image, [opened.layer], amount=140.0, seed=5)[0]
        image.set_selected_layers([first])
        Gimp.displays_flush()
        for own in (False, True):
            if own:
                focus(opened.window)
                wait("the entry", own_entry().act, 20)
            else:
                choose_filter(opened.window)
            find("Start from its settings")
            check(says("“Lake” is restored again"), "not said")
            check(look_up("Restore this layer") or
                  not own and look_up("Vary this layer"), "the other answer")
            shot("recall")
            press("Start from its settings")
            find("Run")
            find("Amount (%)", "spin button")
            equal([number("Amount (%)"), number("Seed")], [140, 5], "settings")
            if not own:
                check(find("Restore", "radio button").has(State.CHECKED),
                      "the task")
            press("Run")
            wait("the message", lambda: says("1 layer was made"), 60)
            equal(raw(image.get_layers()[0]), raw(first), "pixels")
            close_dialog()
        # A variation is no matter to the dialog that restores.
        other = vary(image, [opened.layer], num_variations=1, steps=1)[0]
        image.set_selected_layers([other])
        Gimp.displays_flush()
        open_own(opened)
        close_dialog()


def test_presets():
    """Presets are those of the task, and reset stays with it"""
    with lake() as opened:
        dialog = open_both(opened, "Restore")
        enter("Amount (%)", 70)
        press("Save these settings as a preset")
        focus(wait("the question", lambda: windows("^Save Preset$"), 30)[0])
        wait("the focus", lambda: any(
            control.has(State.FOCUSED) for control in seen()
            if control.role == "text"), 20)
        keys("s", "o", "f", "t")
        wait("the name", lambda: any(
            control.has(State.FOCUSED) and control.text == "soft"
            for control in seen() if control.role == "text"), 20)
        keys("Return")
        find("soft", "combo box")
        focus(dialog)
        switch("Vary")
        find("None", "combo box")
        check(all(control.name != "soft" for control in controls("diffusion")),
              "a preset of the other task is there")
        switch("Restore")
        enter("Amount (%)", 100)
        choose("soft")
        wait("the preset", lambda: number("Amount (%)") == 70, 20)
        press("Reset")
        press("Reset to Factory Defaults")
        wait("the default", lambda: number("Amount (%)") == 100, 20)
        check(find("Restore", "radio button").has(State.CHECKED),
              "another task")
        choose("soft")
        press("Delete this preset")
        find("None", "combo box")
        close_dialog()


def test_layers():
    """Each of two selected layers gets its restored one"""
    with lake() as opened:
        add_noise(opened)
        other = opened.layer.copy()
        opened.image.insert_layer(other, None, 0)
        other.set_name("Sea")
        other.invert(False)
        opened.image.set_selected_layers([opened.layer, other])
        Gimp.displays_flush()
        open_own(opened)
        enter("Amount (%)", 100)
        press("Run")
        opened.wait_layers(4)
        equal(opened.names(), ["Restored – Sea", "Sea", "Restored – Lake",
                               "Lake"], "layers")
        close_dialog()
        opened.undo(["Sea", "Lake"])


def test_painted():
    """What is painted meanwhile is measured anew"""
    with lake() as opened:
        dialog = open_own(opened)
        wait("the noise", lambda: any(text.startswith(("Noise", "Hardly"))
                                      for text in labels()), 30)
        before = [text for text in labels()
                  if text.startswith(("Noise", "Hardly"))][0]
        focus(opened.window)
        add_noise(opened)
        focus(dialog)
        wait("other words", lambda: measured() > 10, 30)
        close_dialog()
        equal(running(), [], "processes")
        return before
