#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# screens.sh BUILD FOLDER: takes screenshots of the dialog in each of its
# states with the plug-in of a build folder, in GIMP's light and dark schemes:
# FOLDER/STATE.jpg and FOLDER/STATE-dark.jpg.  The work is done in /tmp, whose
# name may be seen in a picture.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
mkdir -p "$2"
for scheme in light dark; do
  work=/tmp/diffusion-screens/$scheme
  python3 "$here/run.py" --window --scheme "$scheme" screens \
    "$build/plugin/diffusion" "$here/../../plugin/models" "$work"
  if grep -q '^not ok' "$work/results.tap"; then
    exit 1
  fi
  case $scheme in light) end= ;; *) end=-$scheme ;; esac
  for picture in "$work"/shots/*.png; do
    name=$(basename "$picture" .png)
    convert "$picture" -quality 80 "$2/$name$end.jpg"
  done
done
