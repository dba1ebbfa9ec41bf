#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check-includes.sh SOURCE CC [FLAGS...]: the house's one-way roads, as the
# include lines show them, and whether every header of the engine stands on
# its own.  TAP.
set -u
cd "$1" || exit 1
shift
n=0 status=0

report () # DESCRIPTION OFFENDERS
{
  n=$((n + 1))
  if [ -z "$2" ]; then
    echo "ok $n - $1"
  else
    echo "not ok $n - $1"
    echo "$2" | sed 's/^/# /'
    status=1
  fi
}

# Lines of FOLDER's sources that include something of our own outside the
# folders ALLOWED.
strangers () # FOLDER ALLOWED
{
  grep -rnE '#include "[a-z-]+/' "$1" --include='*.[ch]' |
    grep -vE "#include \"($2)/"
}

echo "TAP version 13"
report "core does not know GIMP, GTK or GEGL" "$(
  grep -rniE '#include.*(gimp|gtk|gdk|gegl|babl)' core --include='*.[ch]' |
    grep -v '^core/tool/')"
report "core/base stands alone" "$(strangers core/base base)"
report "core/kernels sees base" "$(strangers core/kernels 'base|kernels')"
report "core/sample sees base, no network" "$(strangers core/sample 'base|sample')"
report "core/model sees base, kernels and the schedule" "$(
  strangers core/model 'base|kernels|model|sample/schedule.h' |
    grep -v 'sample/schedule.h"')"
report "core/pipeline sees the engine" "$(
  strangers core/pipeline 'base|kernels|model|sample|pipeline')"
report "ui, plugin and tool see only dif.h of the engine" "$(
  grep -rnE '#include "(base|kernels|model|sample|pipeline)/' ui plugin core/tool \
    --include='*.[ch]')"
for header in core/dif.h core/*/*.h; do
  case $header in
    core/tool/*) continue ;;                   # needs GEGL
    core/kernels/vector*.h | core/kernels/bf16.h) continue ;;
                                   # compiled for one instruction set each
  esac
  report "$header compiles alone" "$(
    echo "#include \"${header#core/}\"" |
      "$@" -std=gnu11 -fsyntax-only -Icore -x c - 2>&1)"
done
echo "1..$n"
exit $status
