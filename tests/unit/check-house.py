#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what stands in the C files stands where one looks for it.

check-house.py SOURCE CC [FLAG...] looks through core/ (but for training/),
ui/ and plugin/ of the source tree, and speaks TAP.

- A folder includes what SEES says, and of libraries none of STRANGE.
- Nothing includes itself by way of others.  x.h, x.c and, in core/, an
  x-something.c without a header of its own are one unit; x-private.h may
  include x.h and be included by x.c.
- A header declares what is defined in the .c of its name, and what a .c
  defines for others is declared in the header of its name, which it includes,
  so that the two cannot differ.  In core/ an x-something.c may define it too,
  and dif.h may declare it.
- x-private.h is included in its own folder alone.
- Every function, type and DIF_ macro of a header begins with the prefix of
  its layer, and with that of no other.
- No two types have one name; x-private.h may say x.h's again.
- No macro is called MOST, MANY or FEW of something, in the tests neither:
  MAX_ or a name says it.
- The engine's headers compile alone, by CC with FLAGs.
"""

import concurrent.futures
import os
import re
import subprocess
import sys

from sources import Tree

BASE, KERNELS, NN, SAMPLE = "core/base", "core/kernels", "core/nn", "core/sample"
DENOISE, UNET = "core/denoise", "core/denoise/unet"
PATCHES, QUILT = "core/denoise/patches", "core/quilt"
DIF = "core/dif.h"

# What a folder includes, beside itself: folders and files.
SEES = {
    "core": [],
    BASE: [DIF],
    KERNELS: [DIF, BASE],
    NN: [DIF, BASE, KERNELS],
    SAMPLE: [DIF, BASE],
    DENOISE: [DIF, BASE, SAMPLE],
    UNET: [DIF, BASE, KERNELS, NN, SAMPLE, DENOISE],
    PATCHES: [DIF, BASE, KERNELS, SAMPLE, DENOISE],
    "core/bundle": [DIF, BASE, KERNELS, NN, SAMPLE, DENOISE, UNET],
    QUILT: [DIF, BASE, KERNELS, SAMPLE],
    "core/pipeline": [DIF, BASE, SAMPLE, DENOISE, QUILT],
    "core/tool": [DIF, "core/exact-babl.h"],
    "ui": [DIF],
    "plugin": [DIF, "core/exact-babl.h", "ui"],
    "plugin/help": [DIF],
}

# Libraries that a layer does not know.
STRANGE = {
    "core": "gimp|gtk|gdk|gegl|babl|gexiv2|tiff",
    "core/tool": "gimp|gtk|gdk",
    "ui": "gegl|babl",
}

PREFIXES = {
    "core": ("dif_", "Dif", "DIF_"),
    "core/tool": ("dif_tool_", "DifTool", "DIF_TOOL_"),
    "ui": ("dif_ui_", "DifUi", "DIF_UI_"),
    "plugin": ("dif_gimp_", "DifGimp", "DIF_GIMP_"),
}

# Compiled for one instruction set each, and with its flags alone.  Their
# vectors have short names, vf and the like.
VECTORS = "core/kernels/vector"
ONE_SET = (VECTORS, "core/kernels/bf16.h")

# What these define is declared by vector-ops.c, which makes the names.
FAMILIES = ("core/kernels/amx-", "core/kernels/bf16-", VECTORS)


def layer(path):
    return max((name for name in PREFIXES if path.startswith(name + "/")),
               key=len)


def public(path):
    """The stem of path without -private."""
    return path.removesuffix(".h").removesuffix("-private")


class House:
    def __init__(self, root):
        self.tree = Tree(root, ("core", "ui", "plugin"), ("core/training",))
        self.files = self.tree.files
        self.tests = Tree(root, ("core", "ui", "plugin", "tests"),
                          ("core/training",))

    def mine(self, folder):
        return [file for file in self.files.values()
                if layer(file.path) == folder]

    def unit(self, file):
        """The stem of file, or of the header that declares what it defines."""
        if file.is_header() or file.stem + ".h" in self.files:
            return file.stem
        for header in self.files.values():
            if header.is_header() and header.path != DIF and \
                    self.is_home(file, header) and \
                    header.declared() & file.defined():
                return header.stem
        return file.stem

    # Includes

    def check_includes(self, folder):
        for file in self.mine(folder):
            if file.folder not in SEES:
                yield f"{file.path}: check-house.py does not know its folder"
                continue
            for name in file.includes:
                path = self.tree.find(file, name)
                if not path:
                    yield f"{file.path} includes {name}, which is not there"
                elif os.path.dirname(path) not in [file.folder] + SEES[file.folder] \
                        and path not in SEES[file.folder]:
                    yield f"{file.path} includes {name}"

    def check_libraries(self, folder):
        for file in self.mine(folder) if folder in STRANGE else ():
            for name in file.libraries:
                if re.search(STRANGE[folder], name):
                    yield f"{file.path} includes <{name}>"

    def check_private(self, folder):
        for file in self.mine(folder):
            for path in self.tree.headers(file):
                if path.endswith("-private.h") and \
                        os.path.dirname(path) != file.folder:
                    yield f"{file.path} includes {path}"

    def check_circles(self, folder):
        """Groups of units each of which includes all others by some way."""
        to = {}
        for file in self.files.values():
            others = {self.unit(self.files[path])
                      for path in self.tree.headers(file)}
            unit = self.unit(file)
            to.setdefault(unit, set()).update(others - {unit})

        def reach(unit):
            seen, ahead = set(), [unit]
            while ahead:
                for other in to[ahead.pop()] - seen:
                    seen.add(other)
                    ahead.append(other)
            return seen

        reached = {unit: reach(unit) for unit in to}
        circles = {frozenset(o for o in reached[u] if u in reached[o])
                   for u in to if u in reached[u]}
        for circle in sorted(circles, key=sorted):
            if len({public(unit) for unit in circle}) > 1 and \
                    folder in map(layer, circle):
                yield " <-> ".join(sorted(circle))

    # Homes

    def is_home(self, code, header):
        """Whether a .c may define what a header declares."""
        owner = public(header.path)
        return code.stem == header.stem or layer(code.path).startswith("core") \
            and (code.stem == owner or code.stem.startswith(owner + "-")) \
            or header.path == DIF and layer(code.path) == "core"

    def check_headers(self, folder):
        code = [file for file in self.mine(folder) if not file.is_header()]
        for header in self.mine(folder):
            if header.is_header():
                have = set().union(*(file.defined() for file in code
                                     if self.is_home(file, header)))
                for name in sorted(header.declared() - have):
                    yield f"{header.path}: {name}() is not defined in a .c of its name"

    def check_code(self, folder):
        headers = [file for file in self.mine(folder) if file.is_header()]
        for file in self.mine(folder):
            if file.is_header() or file.path.startswith(FAMILIES):
                continue
            homes = [header for header in headers if self.is_home(file, header)]
            told = set().union(*(header.declared() for header in homes))
            for name in sorted(file.defined() - told):
                yield f"{file.path}: {name}() is not declared in a header of its name"
            seen = self.tree.all_headers(file)
            for header in homes:
                if header.declared() & file.defined() and header.path not in seen:
                    yield f"{file.path} does not include {header.path}"

    # Names

    def check_prefixes(self, folder):
        others = tuple(prefix for prefixes in PREFIXES.values()
                       for prefix in prefixes
                       if not any(own.startswith(prefix)
                                  for own in PREFIXES[folder]))
        for file in self.mine(folder):
            if not file.is_header():
                continue
            names = file.declared() | {name for name in file.macros()
                                       if name.startswith("DIF_")}
            if not file.path.startswith(VECTORS):
                names |= file.types()
            for name in sorted(names):
                if not name.startswith(PREFIXES[folder]) or \
                        name.startswith(others):
                    yield f"{file.path}: {name}"

    def check_types(self, folder):
        """Types of these files that have a namesake in any unit."""
        units = {}
        for file in self.files.values():
            for name in file.types():
                units.setdefault(name, set()).add(
                    file.stem.removesuffix("-private"))
        for name in sorted(set().union(*(f.types() for f in self.mine(folder)))):
            if len(units[name]) > 1:
                yield f"{name}: {', '.join(sorted(units[name]))}"

    def check_macros(self):
        for file in self.tests.files.values():
            for name in sorted(file.macros()):
                if re.search(r"(^|_)(MOST|MANY|FEW)(_|$)", name):
                    yield f"{file.path}: {name}"

    # Compiling

    def check_alone(self, root, command):
        def compile_alone(path):
            return subprocess.run(
                [*command, "-std=gnu11", "-fsyntax-only", "-Icore", "-x", "c", "-"],
                input=f'#include "{path.removeprefix("core/")}"\n', cwd=root,
                stderr=subprocess.PIPE, text=True, check=False)

        paths = [file.path for file in self.mine("core")
                 if file.is_header() and not file.path.startswith(ONE_SET)]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for path, run in zip(paths, pool.map(compile_alone, paths)):
                if run.returncode != 0 or run.stderr:
                    yield f"{path}: {run.stderr.strip() or run.returncode}"


def main(root, command):
    house = House(root)
    checks = [(f"there are files in {folder} to look at",
               [] if len(house.mine(folder)) > 20 else [folder])
              for folder in PREFIXES]
    for folder in PREFIXES:
        checks += [(f"{folder}: {what}", check (folder)) for what, check in (
            ("includes what it may see", house.check_includes),
            ("knows no strange library", house.check_libraries),
            ("private headers stay in their folder", house.check_private),
            ("no circles", house.check_circles),
            ("a header declares what a .c of its name defines",
             house.check_headers),
            ("a .c is declared in a header of its name", house.check_code),
            ("names have the prefix of the layer", house.check_prefixes),
            ("no two types have one name", house.check_types))]
    checks += [("no macro is called MOST, MANY or FEW", house.check_macros()),
               ("the engine's headers compile alone",
                house.check_alone(root, command))]
    print(f"TAP version 13\n1..{len(checks)}")
    wrong = False
    for n, (what, offenders) in enumerate(checks, 1):
        offenders = list(offenders)
        wrong = wrong or bool(offenders)
        print("not ok" if offenders else "ok", n, "-", what)
        for line in offenders:
            print("#", line.replace("\n", "\n# "))
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
