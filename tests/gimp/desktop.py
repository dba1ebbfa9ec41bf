# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives GIMP's windows: keys by xdotool, the plug-in's controls by AT-SPI.

AT-SPI is what screen readers use, so a control that these tests can find
and work is one that their users can find and work too.
"""

import contextlib
import os
import subprocess
import time

import gi

gi.require_version("Atspi", "2.0")
# pylint: disable=wrong-import-position
from gi.repository import Atspi, GLib
from PIL import Image

from harness import check

# A busy machine takes its time to answer.
Atspi.set_timeout(10000, 30000)

APPLICATION = "diffusion"
State = Atspi.StateType


# Windows ------------------------------------------------------------------

def tool(*words):
    """Runs xdotool; what it printed."""
    return subprocess.run(("xdotool",) + words, check=False,
                          capture_output=True, text=True).stdout


def keys(*names):
    """Types keys into the window that has the focus."""
    for name in names:
        tool("key", "--window", "0", name)
        time.sleep(0.2)


def windows(title):
    """The visible windows whose title matches."""
    return tool("search", "--onlyvisible", "--name", title).split()


def focus(window):
    """Gives a window the focus, since there is no window manager."""
    tool("windowfocus", window)
    time.sleep(0.3)


def wait(what, condition, seconds=60):
    """Waits until condition() is true; its value.  What goes away while it
    is looked at, or does not answer yet, is not there."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(GLib.Error):
            value = condition()
            if value:
                return value
        time.sleep(0.05)
    shot("failed")
    raise AssertionError(f"waited {seconds} s for {what}")


def shot(name):
    """Takes a screenshot; its path."""
    path = os.path.join(os.environ["SHOTS"], name + ".png")
    subprocess.run(("import", "-window", "root", path), check=True)
    return path


# Controls -----------------------------------------------------------------

def application(name=APPLICATION):
    """A program's controls, or None where it shows none."""
    # Nothing else here reads what the bus sends.
    while GLib.MainContext.default().iteration(False):
        pass
    desktop = Atspi.get_desktop(0)
    desktop.clear_cache()
    for i in range(desktop.get_child_count()):
        with contextlib.suppress(GLib.Error):    # it ended under our eyes
            child = desktop.get_child_at_index(i)
            if child and child.get_name() == name:
                child.clear_cache()
                return child
    return None


def walk(control, showing=False):
    """A control and all within it, or what of that is seen; without those
    that go away meanwhile."""
    try:
        children = [control.get_child_at_index(i)
                    for i in range(control.get_child_count())]
        children = [child for child in children if child and not
                    (showing and not has(child, State.SHOWING))]
    except GLib.Error:
        return
    yield control
    for child in children:
        yield from walk(child, showing)


def has(control, state):
    """Whether a control is in a state."""
    return control.get_state_set().contains(state)


def seen(app=APPLICATION):
    """The controls of a program that are seen now."""
    top = application(app)
    return list(walk(top, True))[1:] if top else []


def named(control):
    """A control's name and role; neither where it has gone away."""
    try:
        return control.get_name(), control.get_role_name()
    except GLib.Error:
        return None, None


def look_up(name, role=None, app=APPLICATION):
    """The control that is seen under a name, or None."""
    for control in seen(app):
        its_name, its_role = named(control)
        if its_name == name and role in (None, its_role):
            return control
    return None


def find(name, role=None, app=APPLICATION):
    """The control that is seen under a name; waits for it."""
    return wait(f"the control {name!r}", lambda: look_up(name, role, app))


def press(name, role=None, app=APPLICATION):
    """Clicks a button, a check box or an expander."""
    def click():
        control = look_up(name, role, app)
        return control and has(control, State.SENSITIVE) and \
            control.get_action_iface().do_action(0)

    wait(f"a click on {name!r}", click)


def enter(name, number):
    """Sets a number."""
    control = find(name, "spin button")
    control.get_value_iface().set_current_value(number)
    wait(f"{name} {number}",
         lambda: control.get_value_iface().get_current_value() == number, 20)


def choose(item, combo=None):
    """Chooses from a combo box, whether it is popped up or not, which is then
    called combo, if not as the item."""
    def choice():
        app = application()
        for control in walk(app) if app else ():
            if named(control) == (item, "menu item"):
                return control.get_action_iface().do_action(0)
        return False

    wait(f"the choice {item!r}", choice)
    find(combo or item, "combo box")


def tick(name, ticked):
    """Sets a check box."""
    control = find(name, "check box")
    if has(control, State.CHECKED) != ticked:
        press(name, "check box")
    wait(f"{name} to change",
         lambda: has(find(name, "check box"), State.CHECKED) == ticked, 20)


def says(words, app=APPLICATION):
    """Whether words are seen in a label or a progress bar."""
    return any(role in ("label", "progress bar") and words in name
               for name, role in map(named, seen(app)))


def extents(control):
    """Where a control is on the screen: left, top, right, bottom."""
    place = control.get_component_iface().get_extents(Atspi.CoordType.SCREEN)
    return (place.x, place.y, place.x + place.width, place.y + place.height)


def picture(control, name):
    """What is seen of a control, as a picture in R'G'B'."""
    with Image.open(shot(name)) as screen:
        return screen.convert("RGB").crop(extents(control))


def nameless():
    """The controls that are seen, can be used and have no name."""
    found = []
    for control in seen():
        with contextlib.suppress(GLib.Error):
            called = control.get_name() or any(
                relation.get_relation_type() == Atspi.RelationType.LABELLED_BY
                for relation in control.get_relation_set())
            if has(control, State.FOCUSABLE) and not called:
                found.append(f"{control.get_role_name()} at "
                             f"{extents(control)}")
    return found


def pauses(control, seconds):
    """How long each answer of a control's program took, in milliseconds,
    asked without a break."""
    found = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        control.get_component_iface().get_extents(Atspi.CoordType.SCREEN)
        found.append(1000 * (time.monotonic() - began))
        time.sleep(0.002)
    return found
