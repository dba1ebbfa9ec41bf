# SPDX-License-Identifier: GPL-3.0-or-later
"""The dialog in another language than English."""

import time

from desktop import find, keys, nameless, press, shot, wait
from harness import equal
from lake import gone, lake, open_menu


def test_german():
    """The dialog speaks German, and makes layers with German names"""
    with lake() as opened:
        open_menu(opened.window)
        keys("Return")
        find("Ausführen")
        find("Stärke (%)", "spin button").get_value_iface() \
            .set_current_value(40)
        find("Startwert", "spin button").get_value_iface() \
            .set_current_value(17)
        find("Varianten", "spin button").get_value_iface() \
            .set_current_value(1)
        press("Varianten auswählen")
        time.sleep(3)
        shot("german")
        equal(nameless(), [], "controls without a name")
        press("Ausführen")
        opened.wait_layers(2)
        equal(opened.names(),
              ["40 % #17 – Lake", "Lake"], "layers")
        press("Schließen")
        wait("the dialog to close", gone, 20)
