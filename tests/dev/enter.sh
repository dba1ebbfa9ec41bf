# SPDX-License-Identifier: GPL-3.0-or-later
#
# Enters a Debian root without bubblewrap; runs in a mount namespace of its
# own, so that nothing of it is left behind:
# enter.sh ROOT CHECKOUT [PATH...] -- COMMAND...
# shows each PATH of the host in the root, at its own place.
set -eu

root=$1 top=$2
shift
mount --make-rprivate /
mount --rbind "$root" "$root"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc" 2>/dev/null ||
  mount --rbind /proc "$root/proc"
mount --rbind /sys "$root/sys"
mount -t tmpfs tmpfs "$root/tmp"
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then
    mkdir -p "$root$1"
  else
    mkdir -p "$root${1%/*}"
    [ -e "$root$1" ] || : >"$root$1"
  fi
  mount --rbind "$1" "$root$1"
  shift
done
shift
# shellcheck disable=SC2016
exec chroot "$root" /bin/sh -c 'cd "$1" && shift && exec "$@"' sh "$top" "$@"
