#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""No two controls that can be used at once share a mnemonic. TAP.

mnemonics.py SOURCE: for English and each catalogue, the dialog's controls and
the buttons that GIMP puts into it, by GIMP's own catalogue where that is
installed.
"""

import gettext
import os
import re
import subprocess
import sys
import tempfile

# What GIMP adds to the dialog of a procedure.
GIMP = ["_Help", "_Reset", "_Load Saved Settings", "_Save Settings"]

# Texts with a mnemonic that are not in the dialog, but in windows of their
# own, which each have these.
OTHERS = {
    "the menu": ["_Diffusion..."],
    "the menu of enhancements": ["_Restore (Diffusion)...", "_Fill (Diffusion)..."],
    "the menu of rendering": ["_Texture (Diffusion)..."],
    "the question of settings": ["_Cancel", "_Vary this layer",
                                 "_Start from its settings"],
    "that of several layers": ["_Cancel", "_Vary these layers",
                               "_Start from its settings"],
    "the question of restoring": ["_Cancel", "_Restore this layer",
                                  "_Start from its settings"],
    "that of several layers to restore": ["_Cancel", "_Restore these layers",
                                          "_Start from its settings"],
    "the question for a name": ["_Name", "_Cancel", "_Save"],
    "the question of replacing": ["_Cancel", "_Replace"],
}

# Of one task alone.
VARYING = ["Ma_de of", "S_trength (%)", "_Variations", "_Quality", "S_ampler",
           "Tilea_ble", "_Keep colours", "As a _group", "P_ick variations", "The chai_n"]
RESTORING = ["_Amount (%)", "De_tail (%)", "Colour _noise (%)",
             "_Grain put back (%)", "JPEG _blocks", "A_verages", "Mo_del"]

# Not seen at once: one expander closes as the other opens.
PICKER = ["Re-r_oll", "_More like this"]
FILM = ["_Frames", "Save chain as la_yers"]

# Can be used during a run only, when the settings cannot.
RUN = ["S_top"]
DURING = ["_Close", "P_ick variations", "The chai_n"]


def texts(source):
    """All texts of the sources that have a mnemonic."""
    found = set()
    for folder in ("core", "plugin", "ui"):
        for name in os.listdir(os.path.join(source, folder)):
            if name.endswith(".c"):
                with open(os.path.join(source, folder, name),
                          encoding="utf-8") as file:
                    found.update(re.findall(r'_\("([^"]*_[^"]*)"\)',
                                            file.read()))
    return {text for text in found if re.search(r"_\w", text)}


def scopes(source):
    """What can be used at once, by name."""
    elsewhere = {text for words in OTHERS.values() for text in words}
    both = texts(source) - elsewhere - \
        set(VARYING + RESTORING + PICKER + FILM + RUN)
    dialog = sorted(both) + VARYING
    missing = [text for text in list(elsewhere) + VARYING + RESTORING +
               PICKER + FILM + RUN + DURING if text not in texts(source)]
    if missing:
        sys.exit(f"no text is called {missing}")
    return {
        "the dialog, small variations open": (dialog + PICKER, True),
        "the dialog, the chain open": (dialog + FILM, True),
        "the dialog, restoring": (sorted(both) + RESTORING, True),
        "a run, small variations open": (RUN + DURING + PICKER, True),
        "a run, the chain open": (RUN + DURING + FILM, True),
        **{name: (words, False) for name, words in OTHERS.items()},
    }


def load(path):
    """A catalogue; its translations."""
    with open(path, "rb") as file:
        return gettext.GNUTranslations(file).gettext


def ours(source, language, folder):
    """Our translations to a language."""
    path = os.path.join(folder, language + ".mo")
    subprocess.run(["msgfmt", "-o", path,
                    os.path.join(source, "plugin/po", language + ".po")],
                   check=True)
    return load(path)


def gimps(language):
    """GIMP's translations to a language, or English where it has none."""
    path = gettext.find("gimp30-libgimp", "/usr/share/locale", [language])
    return load(path) if path else str


def letter(text):
    """The mnemonic of a text, or None."""
    found = re.search(r"_(\w)", text.replace("__", ""))
    return found and found.group(1).lower()


def clashes(words, translate, fixed):
    """Pairs of texts with the same mnemonic, and texts without."""
    taken = {}
    found = []
    for text in fixed + [translate(word) for word in words]:
        key = letter(text)
        if key is None:
            found.append(f"none in {text!r}")
        elif key in taken:
            found.append(f"{key}: {taken[key]!r} and {text!r}")
        else:
            taken[key] = text
    return found


def main():
    source = sys.argv[1]
    with open(os.path.join(source, "plugin/po/LINGUAS"),
              encoding="utf-8") as file:
        languages = [line.strip() for line in file
                     if line.strip() and not line.startswith("#")]
    number = 0
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for language in ["en"] + languages:
            translate, of_gimp = str, str
            if language != "en":
                translate = ours(source, language, folder)
                of_gimp = gimps(language)
            for name, (words, whole) in scopes(source).items():
                fixed = [of_gimp(text) for text in GIMP] if whole else []
                found = clashes(words, translate, fixed)
                number += 1
                failed |= bool(found)
                print(f"{'not ' if found else ''}ok {number} - {language}: "
                      f"{name}")
                for line in found:
                    print("#", line)
    print(f"1..{number}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
