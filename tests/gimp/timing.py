# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the dialog takes: that it answers meanwhile, and when the preview
begins.  Nothing else may run beside these tests.

Each test opens the photograph anew in a window.
"""

import os
import re
import statistics
import time

from gi.repository import Gimp
from PIL import ImageChops, ImageStat

from desktop import (changed, choose, drag_slider, enter, find, labels, look_up,
                     pauses, picture, press, says, shot, still, wait)
from harness import check, equal, raw
from lake import close_dialog, lake, open_dialog, whole
from restoring import measured, open_own

# Milliseconds that the dialog's thread may work before it answers again.
BOUND = 50


def iterations(since):
    """The longest iteration of the dialog's main loop since then, by the clock
    and by the thread's own work, in milliseconds, and what calls took."""
    wall = cpu = 0.0
    calls = {}
    with open(os.environ["DIF_FRAME_LOG"], encoding="ascii") as log:
        for line in log:
            kind, end, its_wall, its_cpu, *name = line.split()
            if float(end) < since:
                continue
            if kind == "iteration":
                wall = max(wall, float(its_wall))
                cpu = max(cpu, float(its_cpu))
            else:
                equal(kind, "call", "a line of the log")
                calls[name[0]] = max(calls.get(name[0], 0), float(its_wall))
    return wall, cpu, calls


def phase(name, work):
    """Does work; a note of the longest iteration meanwhile, which is bounded."""
    since = time.monotonic()
    work()
    time.sleep(0.3)
    wall, cpu, calls = iterations(since)
    note = f"{name}: at most {cpu:.1f} ms of work, {wall:.1f} ms by the clock"
    for call, took in calls.items():
        note += f"; {call} {took:.1f} ms"
    return note, cpu, wall


def plug_in_seconds():
    """The processor's time that the plug-in's processes have taken."""
    ours = os.path.join(os.path.dirname(Gimp.directory()), "plug-ins")
    ticks = 0
    for process in os.listdir("/proc"):
        try:
            with open(f"/proc/{process}/cmdline", encoding="utf-8") as words:
                if not words.read().startswith(ours):
                    continue
            with open(f"/proc/{process}/stat", encoding="utf-8") as stat:
                ticks += sum(map(int, stat.read().rpartition(") ")[2]
                                 .split()[11:13]))
        except (OSError, UnicodeDecodeError):
            pass
    return ticks / os.sysconf("SC_CLK_TCK")


def apart(one, other):
    """The root of the mean square of how far two pictures are apart."""
    return max(ImageStat.Stat(ImageChops.difference(one, other)).rms)


def test_answers():
    """On a layer of 12 megapixels the dialog answers all the time"""
    found = []

    def look():
        press("Show the whole layer")
        whole()
        press("Zoom to 100 %")
        wait("the restoring", lambda: says("step"))
        time.sleep(3)

    def slide():
        for view in ("Noised", "Split"):
            press(view)
            drag_slider([i / 40 for i in range(4, 36)])
        press("Noised")
        check(find("Strength (%)", "slider").value > 70,
              "the slider has not moved")

    def run():
        press("Run")
        wait("the message", lambda: says("2 layers were made"), 120)

    def stop():
        press("Run")
        wait("the run to get on", lambda: says("Variation 1 of 2, step"), 60)
        press("Stop")
        wait("the end", lambda: says("Stopped before"), 60)

    with lake(4000, 3000) as opened:
        opened.layer.add_alpha()
        opened.image.select_ellipse(Gimp.ChannelOps.REPLACE, 300, 300, 900,
                                    900)
        opened.layer.edit_clear()
        Gimp.Selection.none(opened.image)
        Gimp.displays_flush()
        open_dialog(opened.window)
        found.append(phase("preview", look))
        found.append(phase("slider", slide))
        # Nothing is computed, but all of it is read and written.
        enter("Strength (%)", 0)
        found.append(phase("run", run))
        enter("Strength (%)", 40)
        found.append(phase("stop", stop))
        shot("answers")
        close_dialog()
        equal(len(opened.names()), 3, "layers")
        equal(raw(opened.image.get_layers()[0]), raw(opened.layer),
              "pixels at strength 0")
        opened.undo(["Lake"])
    notes = "\n".join(note for note, cpu, wall in found)
    check(max(wall for note, cpu, wall in found) > 0,
          "no iteration of the main loop was logged")
    check(max(cpu for note, cpu, wall in found) <= BOUND, notes)
    return notes


def test_restoring():
    """So it does while it restores, and soon shows what is seen restored"""
    found = []

    def measure():
        measured()
        whole()

    def first():
        """At 100 % something is restored before all of the run's tiles."""
        canvas = find("Preview")
        still(canvas)
        shots = []
        began, before = time.monotonic(), plug_in_seconds()
        press("Zoom to 100 %")

        def made():
            shots.append((time.monotonic() - began,
                          plug_in_seconds() - before, picture(canvas)))
            return "As the result will be" in labels()

        wait("the end of the preview", made, 60)
        final = still(canvas)
        press("Layer")
        bound = apart(changed(canvas, [final]), final) / 5
        press("Restored")
        # What was seen zoomed out, enlarged, is farther away than that.
        seconds, work, _ = next(shot for shot in shots
                                if apart(shot[2], final) < bound)
        found.append((f"first picture after {seconds:.1f} s and {work:.1f} s "
                      "of the processors' time", 0, 0))
        # On two of them it is there after half of that.
        check(0 < work < 4, found[-1][0])
        whole()

    def run():
        press("Run")
        wait("the message", lambda: says("1 layer was made"), 120)

    def stop():
        press("Run")
        wait("the run to get on", lambda: look_up("Restoring", "progress bar") or
             says("left"), 60)
        press("Stop")
        wait("the end", lambda: says("Stopped before"), 60)

    with lake(4000, 3000) as opened:
        opened.image.undo_disable()
        opened.layer.add_alpha()
        opened.layer.merge_filter(Gimp.DrawableFilter.new(
            opened.layer, "gegl:noise-rgb", "Noise"))
        opened.image.undo_enable()
        Gimp.displays_flush()
        since = time.monotonic()
        open_own(opened)
        found.append(phase("measuring and whole", measure))
        found.append((f"words and picture of all after "
                      f"{time.monotonic() - since:.1f} s and "
                      f"{plug_in_seconds():.1f} s of the processors' time", 0, 0))
        press("Restored")
        found.append(phase("preview", first))
        enter("Amount (%)", 0)
        found.append(phase("run", run))
        enter("Amount (%)", 100)
        found.append(phase("stop", stop))
        shot("restoring")
        close_dialog()
        equal(len(opened.names()), 2, "layers")
        equal(raw(opened.image.get_layers()[0]), raw(opened.layer),
              "pixels at amount 0")
    notes = "\n".join(note for note, cpu, wall in found)
    check(max(wall for note, cpu, wall in found) > 0,
          "no iteration of the main loop was logged")
    check(max(cpu for note, cpu, wall in found) <= BOUND, notes)
    return notes


def test_changes():
    """Changes while the preview is at work do not hold the window up"""
    with lake() as opened:
        open_dialog(opened.window)
        press("Pick variations")
        slider = find("Strength (%)", "slider")
        taken = []
        for strength in list(range(20, 100, 5)) + [60]:
            slider.value = strength
            taken += pauses(find("Run"), 0.15)
        taken += pauses(find("Run"), 4)
        wait("the end of the preview",
             lambda: look_up("As the result will be"), 60)
        shot("changed")
        equal(opened.names(), ["Lake"], "layers")
        close_dialog()
        worst = max(taken)
        # The bound is for a machine that does other things as well.
        check(worst < 500, f"the window did not answer for {worst:.0f} ms")
        return (f"answers took {statistics.median(taken):.1f} ms, at most "
                f"{worst:.1f} ms, of {len(taken)}")


def test_progress():
    """A change waits for 300 ms, then comes a draft, then the final steps"""
    with lake(400, 200) as opened:
        open_dialog(opened.window)
        choose("Normal")
        press("Zoom to 100 %")
        whole()
        slider = find("Strength (%)", "slider")
        for strength in (50, 52, 54, 56):
            slider.value = strength
            time.sleep(0.1)
        changed = time.monotonic() - 0.1
        states = []

        def state():
            for text in labels():
                if re.match("Draft, step|Restoring|As the result", text) and \
                        (not states or states[-1][1] != text):
                    states.append((time.monotonic() - changed, text))
            return states and states[-1][1] == "As the result will be" and \
                len(states) > 2

        wait("the end of the preview", state, 120)
        order = []
        for _, text in states:
            kind = text.partition(" step")[0]
            if not order or order[-1] != kind:
                order.append(kind)
        equal(order[-3:], ["Draft,", "Restoring,", "As the result will be"],
              "states")
        began = next(when for when, text in states if "step" in text)
        check(0.25 < began < 3, f"restoring began after {began:.2f} s")
        check(any("of 12" in text for _, text in states), states)
        close_dialog()
        return f"restoring began {1000 * began:.0f} ms after the last change"
