# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads programs' controls from the accessibility bus: all of one program's
in one call, and word of what changes.

AT-SPI is what screen readers use, so a control that these tests can find
and work is one that their users can find and work too.
"""

import contextlib
import functools
import time

import gi

gi.require_version("Atspi", "2.0")
# pylint: disable=wrong-import-position
from gi.repository import Atspi, Gio, GLib

State = Atspi.StateType

REGISTRY = "org.a11y.atspi.Registry"
PREFIX = "org.a11y.atspi."
ROOT = "/org/a11y/atspi/accessible/root"
PATIENCE = 30000    # ms that a busy program may take to answer

# What is worth another look.  Programs say nothing of what nobody asked for.
EVENTS = ("object:state-changed", "object:property-change",
          "object:children-changed", "object:text-changed", "window")

AGAIN = 0.015       # s between two looks, at least
UNASKED = 0.05      # and at most: not everything says that it has changed


# The bus ------------------------------------------------------------------

class Bus:
    """This display's accessibility bus."""

    def __init__(self):
        session = Gio.bus_get_sync(Gio.BusType.SESSION)
        address = session.call_sync(
            "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress",
            None, None, Gio.DBusCallFlags.NONE, PATIENCE, None).unpack()[0]
        flags = Gio.DBusConnectionFlags
        self.connection = Gio.DBusConnection.new_for_address_sync(
            address, flags.AUTHENTICATION_CLIENT |
            flags.MESSAGE_BUS_CONNECTION, None, None)
        self.names = {}         # of programs, by their address
        self.changed = False
        for event in EVENTS:
            self.call(REGISTRY, "/org/a11y/atspi/registry", REGISTRY,
                      "RegisterEvent", "(sass)", event, [], "")
        for kind in ("Object", "Window"):
            self.connection.signal_subscribe(
                None, PREFIX + "Event." + kind, None, None, None,
                Gio.DBusSignalFlags.NONE, self.on_event)

    def on_event(self, *_):
        """Something has changed somewhere."""
        self.changed = True

    def call(self, program, path, interface, method, form=None, *words):
        """Calls a method; its results."""
        # pylint: disable=too-many-arguments
        return self.connection.call_sync(
            program, path, interface, method,
            GLib.Variant(form, words) if form else None, None,
            Gio.DBusCallFlags.NONE, PATIENCE, None).unpack()

    def read(self, program, path, interface, what):
        """A property."""
        return self.call(program, path, "org.freedesktop.DBus.Properties",
                         "Get", "(ss)", PREFIX + interface, what)[0]

    def program(self, name):
        """The address of a program, or None where it shows nothing."""
        found = self.call(REGISTRY, ROOT, PREFIX + "Accessible",
                          "GetChildren")[0]
        for address, path in found:
            if address not in self.names:
                self.names[address] = self.read(address, path, "Accessible",
                                                "Name")
            if self.names[address] == name:
                return address
        return None


@functools.cache
def bus():
    """The bus, once there is a display."""
    return Bus()


def pause():
    """Waits a moment, until something may have changed."""
    context = GLib.MainContext.default()
    time.sleep(AGAIN)
    late = []
    timer = GLib.timeout_add(int(1000 * UNASKED), lambda: late.append(True))
    while context.pending():
        context.iteration(False)
    while not late and not bus().changed:
        context.iteration(True)
    if not late:
        GLib.source_remove(timer)
    bus().changed = False


# Controls -----------------------------------------------------------------

class Control:
    """A control as it was when it was looked at, and what can be done with
    it."""

    def __init__(self, item):
        (self.program, self.path), _, (_, self.parent), self.index, self.count, \
            _, self.name, role, self.description, self.states = item
        self.role = Atspi.role_get_name(Atspi.Role(role))
        self.children = []

    def has(self, state):
        """Whether it was in a state."""
        return bool(self.states[state // 32] >> state % 32 & 1)

    def call(self, interface, method, form=None, *words):
        """Calls one of its methods; its results."""
        return bus().call(self.program, self.path, PREFIX + interface, method,
                          form, *words)

    def act(self):
        """Does what a click does; whether that is possible."""
        return self.call("Action", "DoAction", "(i)", 0)[0]

    def focus(self):
        """Gives it the focus within its window."""
        return self.call("Component", "GrabFocus")[0]

    @property
    def value(self):
        """Its number as it is now."""
        return bus().read(self.program, self.path, "Value", "CurrentValue")

    @value.setter
    def value(self, number):
        bus().call(self.program, self.path, "org.freedesktop.DBus.Properties",
                   "Set", "(ssv)", PREFIX + "Value", "CurrentValue",
                   GLib.Variant("d", number))

    @property
    def most(self):
        """The largest number that it can have."""
        return bus().read(self.program, self.path, "Value", "MaximumValue")

    @property
    def text(self):
        """What has been typed into it, as it is now."""
        return self.call("Text", "GetText", "(ii)", 0, -1)[0]

    @property
    def extents(self):
        """Where it is on the screen now: left, top, right, bottom."""
        x, y, width, height = self.call("Component", "GetExtents", "(u)",
                                        Atspi.CoordType.SCREEN)[0]
        return x, y, x + width, y + height

    @property
    def labelled(self):
        """Whether a label stands for its name."""
        return any(kind == Atspi.RelationType.LABELLED_BY for kind, _ in
                   self.call("Accessible", "GetRelationSet")[0])


def ask(program, path):
    """A control that the program's list leaves out, by itself."""
    def read(what):
        return bus().read(program, path, "Accessible", what)

    def call(method):
        return bus().call(program, path, PREFIX + "Accessible", method)[0]

    return Control(((program, path), None, read("Parent"),
                    call("GetIndexInParent"), read("ChildCount"), None,
                    read("Name"), call("GetRole"), read("Description"),
                    call("GetState")))


def inside(control):
    """What is right within a control, by itself."""
    with contextlib.suppress(GLib.Error):
        return [ask(program, path) for program, path in
                control.call("Accessible", "GetChildren")[0]]
    return []


def controls(name, showing=False):
    """The controls of a program, each before those within it, or those of
    them that are seen; none where it does not run."""
    try:
        address = bus().program(name)
        items = bus().call(address, "/org/a11y/atspi/cache", PREFIX + "Cache",
                           "GetItems")[0] if address else ()
    except GLib.Error:          # it ended under our eyes
        return []
    found = {control.path: control for control in map(Control, items)}
    for control in found.values():
        if control.parent in found and control.path != ROOT:
            found[control.parent].children.append(control)

    def walk(control):
        if not control.children and control.has(State.SHOWING) and \
                (control.count > 0 or control.has(State.MANAGES_DESCENDANTS)):
            control.children = inside(control)
        for child in sorted(control.children, key=lambda one: one.index):
            if not showing or child.has(State.SHOWING):
                yield child
                yield from walk(child)

    return list(walk(found[ROOT])) if ROOT in found else []
