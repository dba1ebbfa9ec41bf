# SPDX-License-Identifier: GPL-3.0-or-later
"""The dialog in another language than English."""

from desktop import find, nameless, press, says, shot, wait
from harness import equal
from lake import choose_filter, gone, lake


def test_german():
    """The dialog speaks German in both tasks, and names layers in German"""
    with lake() as opened:
        choose_filter(opened.window)
        find("Ausführen")
        find("Stärke (%)", "spin button").value = 40
        find("Startwert", "spin button").value = 17
        find("Varianten", "spin button").value = 1
        press("Varianten auswählen")
        find("Neu würfeln")
        shot("german")
        equal(nameless(), [], "controls without a name")
        press("Ausführen")
        opened.wait_layers(2)
        equal(opened.names(),
              ["40 % #17 – Lake", "Lake"], "layers")
        press("Entrauschen")
        find("Farbrauschen (%)")
        wait("the noise", lambda: says(" von 255") or says("Kaum Rauschen"))
        shot("german-restore")
        equal(nameless(), [], "controls of restoring without a name")
        press("Ausführen")
        opened.wait_layers(3)
        equal(opened.names()[0], "Entrauscht – Lake", "name")
        press("Schließen")
        wait("the dialog to close", gone, 20)
