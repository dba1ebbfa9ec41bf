#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# pictures.sh TOOL FOLDER: makes the pictures of the help page, one for each preset
# that comes with the plug-in (ui/presets-factory.c), by its settings, of the sample
# photograph: FOLDER/layer.jpg and FOLDER/PRESET.jpg.  TOOL is gimp-diffusion.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tool=$1
folder=$2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# All are made in the same size, so that they can be compared.
convert "$here/../../tests/data/mountain-lake.jpg" -resize 640x "$tmp/layer.png"

picture () # PICTURE PRESET
{
  convert "$1" -resize 320x -quality 82 -strip "$folder/$2.jpg"
}

preset () # PRESET OPTIONS...
{
  name=$1
  shift
  "$tool" vary "$tmp/layer.png" -o "$tmp/$name.png" -n 1 --seed 4 "$@"
  picture "$tmp/$name.png" "$name"
}

picture "$tmp/layer.png" layer
preset touch-up --made-of model -s 0.2
preset foliage --made-of layer-finished -s 0.6 --structure 0.1
preset arrangement --made-of layer-finished -s 0.6
preset material --made-of layer-finished -s 1 --layout 0
preset sketch --made-of model -s 0.7 --steps 24

# Of a texture four are shown, which have to meet.
convert "$tmp/layer.png" -crop 220x120+60+235 +repage "$tmp/sample.png"
"$tool" vary "$tmp/sample.png" -o "$tmp/tile.png" -n 1 --seed 4 \
  --made-of layer -s 0.6 --layout 0 --tileable
convert "$tmp/tile.png" "$tmp/tile.png" +append "$tmp/row.png"
convert "$tmp/row.png" "$tmp/row.png" -append "$tmp/texture.png"
picture "$tmp/texture.png" texture
