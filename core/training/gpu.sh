#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Training on a machine with a GPU that is there for a quarter of an hour.
#
#   sh gpu.sh first SHARDS WORK OUT MINUTES BEGIN:END    starts
#   sh gpu.sh next SHARDS WORK OUT MINUTES BEGIN:END     goes on
#
# SHARDS are tar files of photos from prepare.py that have come since the last
# call, WORK stays on the machine between calls, OUT gets the weights in parts,
# renewed every 90 seconds, and the log.  MINUTES and BEGIN:END are this call's
# time and its part of the whole training.  Ends with an error unless the loss
# fell and the weights are finite.
set -e
here=$(cd "$(dirname "$0")" && pwd)
stage=$1 shards=$2 work=$3 out=$4 minutes=$5 span=$6
mkdir -p "$work" "$out"
export TORCHINDUCTOR_CACHE_DIR="$work/cache" TORCHINDUCTOR_FORCE_LAYOUT_OPT=1
export TORCHINDUCTOR_FX_GRAPH_CACHE=1 TORCHINDUCTOR_AUTOGRAD_CACHE=1
export PYTHONUNBUFFERED=1

# Every call's photos are packed by themselves.
folder=$work/data-$(basename "$span")
python3 "$here/prepare.py" pack "$shards" "$folder"
data=$(printf '%s,' "$work"/data-*)
data=${data%,}

train ()
{
  python3 "$here/train.py" "$data" "$@" ${COMPILE---compile} \
    --unshuffle 2 --channels 64,80,128,256 --layers 1 --optimiser muon \
    --rate 2.5e-3 --warmup 300 --decay 0.85 --ema 0.9995 --focus 0:400:0.4 \
    --reduced-below 250 --camera 0.12 --save-every 1.5
}

from=
[ "$stage" = first ] || from="--resume $work/run/state.pt"
if [ "$stage" != first ]; then
  # Compiles what the last part needs, beside the training.
  train "$work/ahead" --minutes 3 --steps 3 --crops "${LAST_CROPS:-256:48}" \
    >"$out/ahead.txt" 2>&1 &
fi
# shellcheck disable=SC2086  # two words or none
train "$work/run" --minutes "$minutes" --span "$span" $from \
  --crops "${CROPS:-128:192,128:192,128:192,64:512}" \
  --last-crops "${LAST_CROPS:-256:48},${LAST_CROPS:-256:48},128:192,64:512" \
  --log-every "${LOG_EVERY:-100}" --parts "$out"
cp "$work/run/log.csv" "$out/log.csv"
wait
python3 "$here/export.py" join "$out" "$work/joined"
python3 - "$work/run/log.csv" "$work/joined" <<'END'
import csv
import glob
import sys
import torch
from safetensors.torch import load_file
with open(sys.argv[1]) as f:
    loss = [float(row['loss']) for row in csv.DictReader(f)]
n = max(1, len(loss) // 10)
first, last = (sum(part) / n for part in (loss[:n], loss[-n:]))
finite = all(bool(torch.isfinite(t).all()) for path in glob.glob(
    sys.argv[2] + '/unet/*.safetensors') for t in load_file(path).values())
print(f'loss {first:.4f} to {last:.4f}; finite: {finite}')
sys.exit(not (finite and last < first))
END
