#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# hashes.sh PROGRAM SOURCE: runs hash-jobs on the bundled model and on golden
# networks that differ in what goes round them: squares of pixels as channels
# or not, labels or not, what is predicted.
set -eu
program=$1 source=$2
golden=$source/tests/golden/data
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

model () # LABEL NETWORK UNSHUFFLE OCTAVES SCHEDULE
{
  mkdir -p "$folder/$1/unet" "$folder/$1/scheduler"
  echo "{\"_class_name\": \"DDPMPipeline\", \"pixel_unshuffle\": $3," \
    "\"octaves\": $4}" > "$folder/$1/model_index.json"
  cp "$golden/unet/$2/config.json" \
    "$golden/unet/$2/diffusion_pytorch_model.safetensors" "$folder/$1/unet"
  cp "$5" "$folder/$1/scheduler/scheduler_config.json"
  "$program" "$1" "$folder/$1"
}

photo=$source/plugin/models/photo
model labels pixelshuffle-v 2 4 "$photo/scheduler/scheduler_config.json"
model plain ddpm-like 1 0 "$golden/scheduler/ddpm-linear-eps/scheduler_config.json"
"$program" photo "$photo" brief
