# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives GIMP's windows: keys by xdotool, the plug-in's controls by the
accessibility bus.  Nothing sleeps: what takes time is waited for."""

import contextlib
import itertools
import os
import subprocess
import time

from gi.repository import GLib
from PIL import ImageGrab

from access import State, controls, inside, pause
from harness import check

APPLICATION = "diffusion"
STILL = 0.25        # s for which nothing is drawn where all has been


# Windows ------------------------------------------------------------------

def tool(*words):
    """Runs xdotool; what it printed."""
    return subprocess.run(("xdotool",) + words, check=False,
                          capture_output=True, text=True).stdout


def keys(*names):
    """Types keys into the window that has the focus.  They come to it in
    this order, after all that came before."""
    tool("key", "--window", "0", *names)


def windows(title):
    """The visible windows whose title matches."""
    return tool("search", "--onlyvisible", "--name", title).split()


def focus(window):
    """Gives a window the focus, since there is no window manager."""
    tool("windowfocus", window)


def wait(what, condition, seconds=60):
    """Waits until condition() is true; its value.  What goes away while it
    is looked at, or does not answer yet, is not there."""
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(GLib.Error):
            value = condition()
            if value:
                return value
        if time.monotonic() > end:
            break
        pause()
    shot("failed")
    raise AssertionError(f"waited {seconds} s for {what}")


def screen():
    """What is on the screen now, as a picture in R'G'B'."""
    return ImageGrab.grab(xdisplay="")


def shot(name):
    """Takes a screenshot; its path."""
    path = os.path.join(os.environ["SHOTS"], name + ".png")
    screen().save(path, compress_level=1)
    return path


# Controls -----------------------------------------------------------------

def seen(app=APPLICATION):
    """The controls of a program that are seen now."""
    return controls(app, True)


def look_up(name, role=None, app=APPLICATION):
    """The control that is seen under a name, or None."""
    for control in seen(app):
        if control.name == name and role in (None, control.role):
            return control
    return None


def find(name, role=None, app=APPLICATION):
    """The control that is seen under a name; waits for it."""
    return wait(f"the control {name!r}", lambda: look_up(name, role, app))


def press(name, role=None, app=APPLICATION):
    """Clicks a button, a check box or an expander."""
    def click():
        control = look_up(name, role, app)
        return control and control.has(State.SENSITIVE) and control.act()

    wait(f"a click on {name!r}", click)


def number(name):
    """The number in a spin button."""
    return find(name, "spin button").value


def enter(name, value):
    """Sets a number."""
    control = find(name, "spin button")
    control.value = value
    wait(f"{name} {value}", lambda: control.value == value, 20)


def choose(item, combo=None):
    """Chooses from a combo box, whether it is popped up or not, which is then
    called combo, if not as the item."""
    def choice():
        found = controls(APPLICATION)
        # The list may not know what has come into a menu that is not seen.
        for items in itertools.chain([found], map(inside, (
                menu for menu in found if menu.role == "menu"))):
            for control in items:
                if (control.name, control.role) == (item, "menu item"):
                    return control.act()
        return False

    wait(f"the choice {item!r}", choice)
    find(combo or item, "combo box")


def tick(name, ticked):
    """Sets a check box."""
    if find(name, "check box").has(State.CHECKED) != ticked:
        press(name, "check box")
    wait(f"{name} to change",
         lambda: find(name, "check box").has(State.CHECKED) == ticked, 20)


def says(words, app=APPLICATION):
    """Whether words are seen in a label or a progress bar."""
    return any(words in control.name for control in seen(app)
               if control.role in ("label", "progress bar"))


def picture(control):
    """What is seen of a control, as a picture in R'G'B'."""
    return screen().crop(control.extents)


def still(control):
    """What is seen of a control once it has stayed the same for a while."""
    last, since = picture(control), time.monotonic()
    while time.monotonic() < since + STILL:
        time.sleep(0.03)
        found = picture(control)
        if found != last:
            last, since = found, time.monotonic()
    return last


def changed(control, before):
    """What is seen of a control once it is none of some pictures."""
    wait("another picture", lambda: picture(control) not in list(before), 20)
    return still(control)


def labels():
    """The texts of the labels that are seen."""
    return [control.name for control in seen() if control.role == "label"]


def drag_slider(shares):
    """Drags the strength slider over shares of its length."""
    slider = find("Strength (%)", "slider")
    left, top, right, bottom = slider.extents
    at = [str(int(left + 10 + share * (right - left - 20)))
          for share in shares]
    height = str(int(top + min(8, (bottom - top) / 3)))
    tool("mousemove", str(int(left + 10 + slider.value / 100 * (right - left - 20))),
         height)
    tool("mousedown", "1")
    for x in at:
        tool("mousemove", x, height)
        time.sleep(0.03)
    tool("mouseup", "1")
    tool("mousemove", "1270", "790")


def nameless():
    """The controls that are seen, can be used and have no name."""
    return [f"{control.role} at {control.extents}" for control in seen()
            if control.has(State.FOCUSABLE) and not control.name and
            not control.labelled]


def pauses(control, seconds):
    """How long each answer of a control's program took, in milliseconds,
    asked without a break."""
    found = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        check(control.extents, "no answer")
        found.append(1000 * (time.monotonic() - began))
        time.sleep(0.002)
    return found
