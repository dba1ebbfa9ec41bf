# SPDX-License-Identifier: GPL-3.0-or-later
#
# Where the work is done: on this system, where it has GIMP 3's development
# files, or else in a Debian root kept in a cache folder: one of Debian 13,
# or of the release that DIF_RELEASE names.  ./dev sources this file and
# calls choose_system once, then inside COMMAND... as often as it likes.
# Needs say and die, and top, the checkout's folder.
# shellcheck disable=SC2154  # top

# What building, running and testing take, as Debian names it.
packages=(
  ca-certificates build-essential meson ninja-build pkg-config gettext
  libgimp-3.0-dev gimp libgegl-dev gegl libgtk-3-dev libopenblas-dev
  libjson-glib-dev libgexiv2-dev libtiff-dev
  xvfb xauth xdotool dbus-x11 imagemagick gdb valgrind fonts-dejavu-core
  x11-utils at-spi2-core dbus-daemon gir1.2-atspi-2.0
  locales python3-pil python3-numpy
)

foreign=                      # another architecture that packages are of

cache=${DIF_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gimp-diffusion}
release=${DIF_RELEASE:-trixie}
debian=                       # the release's name, set by choose_release
root=                         # the root's folder, set by choose_release
system=                       # host or root, set by choose_system
entry=                        # how to enter the root: bwrap or unshare
visible=()                    # host files and folders the root shows too
extra_env=()                  # variables for the command, NAME=VALUE

have () { command -v "$1" >/dev/null 2>&1; }

# The packages of the list that the dpkg database in folder $1 lacks; one of
# another architecture is NAME:ARCHITECTURE.
missing_packages ()
{
  awk -v list="${packages[*]}" '
    $1 == "Package:" { name = $2; good = 0 }
    /^Status: .* ok installed/ { good = 1; there[name] = 1 }
    $1 == "Architecture:" && good { there[name ":" $2] = 1 }
    END {
      n = split(list, wanted, " ")
      for (i = 1; i <= n; i++)
        if (!(wanted[i] in there))
          printf "%s ", wanted[i]
    }' "$1/var/lib/dpkg/status" 2>/dev/null || echo "${packages[*]}"
}

# Whether this system can build the plug-in as it is, on any distribution.
can_build ()
{
  have meson && have ninja && { have cc || have gcc || have clang; } &&
    pkg-config --exists gimp-3.0 gimpui-3.0 gegl-0.4 gtk+-3.0 \
      json-glib-1.0 openblas libtiff-4 2>/dev/null &&
    { pkg-config --exists gexiv2-0.16 || pkg-config --exists gexiv2; } \
      2>/dev/null
}

# Whether a command can be run as root without a password nobody can type.
may_be_root ()
{
  [ "$(id -u)" = 0 ] ||
    { have sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; }
}

as_root ()
{
  may_be_root || return 1
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt_install ()
{
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "$@"
}

apt_offers () { apt-cache show --no-all-versions "$1" >/dev/null 2>&1; }

apt_refresh ()
{
  may_be_root || return 1
  say "refreshing the package lists (apt-get update)"
  as_root apt-get update -q
}

hint_packages ()
{
  cat >&2 <<'END'
This system's packages cannot be installed by this script.  Please install:
  Fedora:  dnf install gcc meson ninja-build gettext gimp gimp-devel \
             gegl04-devel gtk3-devel openblas-devel json-glib-devel \
             libgexiv2-devel libtiff-devel \
             xorg-x11-server-Xvfb xdotool dbus-daemon at-spi2-core \
             glibc-locale-source ImageMagick python3-pillow python3-numpy
  Arch:    pacman -S base-devel meson gimp gegl gtk3 openblas json-glib \
             libgexiv2 libtiff \
             xorg-server-xvfb xdotool at-spi2-core imagemagick \
             python-pillow python-numpy
  others:  GIMP 3, GTK 3, GEGL, GExiv2, libtiff, OpenBLAS and JSON-GLib,
           each with its development files, a C compiler, meson, ninja and
           gettext
then run the same command again.  On Debian and Ubuntu it does so itself.
END
}

# Sets debian and root from release.  Every release has a root of its own.
choose_release ()
{
  case $release in
    trixie) debian='Debian 13' root=$cache/debian-13 ;;
    forky) debian='Debian forky' root=$cache/debian-forky ;;
    *) die "the release '$release' (DIF_RELEASE) is unknown; it may be" \
           "trixie or forky" ;;
  esac
}

# Prints the distribution and the release of this system: debian trixie.
host_release ()
{
  # shellcheck disable=SC1091
  (. /etc/os-release && echo "${ID:-} ${VERSION_CODENAME:-${VERSION_ID:-}}") \
    2>/dev/null || true
}

# Prints what a build is for: the system chosen and its release.
build_system ()
{
  case $system in
    host) echo "host $(host_release)" ;;
    root) echo "root debian $release" ;;
  esac
}

# Sets system.  DIF_SYSTEM=host or root decides it beforehand, and so does a
# DIF_RELEASE that is not this system's.
choose_system ()
{
  local other=no
  choose_release
  if [ -n "${DIF_RELEASE:-}" ] && [ "$(host_release)" != "debian $release" ]
  then
    other=yes
  fi
  case ${DIF_SYSTEM:-auto} in
    host)
      [ $other = no ] ||
        die "DIF_SYSTEM is host, but this system is not $debian, which" \
            "DIF_RELEASE asks for"
      system=host; return ;;
    root) system=root; prepare_root; return ;;
    auto) ;;
    *) die "DIF_SYSTEM is '$DIF_SYSTEM'; it may be auto, host or root" ;;
  esac
  if [ $other = yes ]; then
    system=root
    prepare_root
    return
  fi

  if ! have apt-get; then
    if can_build; then
      system=host
    elif have mmdebstrap; then
      system=root; prepare_root
    else
      hint_packages
      die "GIMP 3's development files are missing"
    fi
    return
  fi

  local lacking
  lacking=$(missing_packages '')
  if [ -z "$lacking" ]; then
    system=host
    return
  fi
  # A fresh machine may have no package lists at all.
  if ! compgen -G '/var/lib/apt/lists/*Packages*' >/dev/null; then
    apt_refresh || true
  fi
  if apt_offers libgimp-3.0-dev; then
    if may_be_root; then
      say "installing packages on this system: $lacking"
      # shellcheck disable=SC2086  # a list of names
      if apt_install $lacking || { apt_refresh && apt_install $lacking; }
      then
        system=host
        return
      fi
    fi
    say "cannot install packages on this system"
  fi
  if can_build; then
    say "building without the packages missing here: $lacking"
    system=host
  else
    system=root
    prepare_root
  fi
}

# Makes sure that the release's root is there with every package, and that
# it can be entered.  Holds a lock on it until the script ends.
prepare_root ()
{
  choose_release
  mkdir -p "$cache" || die "cannot make the folder $cache"
  exec 9>>"$root.lock"
  if ! root_is_complete; then
    flock -n 9 || { say "waiting for another ./dev to finish"; flock 9; }
    root_is_complete || make_root
  fi
  flock -s 9
  choose_entry
}

# A root is complete when it lists every package of ours in its stamp; one
# without a stamp is adopted if its packages are all there.
root_is_complete ()
{
  [ -d "$root/usr" ] || return 1
  local name stamp="$root/.gimp-diffusion-packages"
  if [ ! -e "$stamp" ] && [ -z "$(missing_packages "$root")" ]; then
    printf '%s\n' "${packages[@]}" >"$stamp"
    say "using the $debian root found in $root"
  fi
  for name in "${packages[@]}"; do
    grep -qxF "$name" "$stamp" 2>/dev/null || return 1
  done
}

make_root ()
{
  local started=$SECONDS
  if ! have mmdebstrap || ! { have bwrap || have unshare; }; then
    may_be_root ||
      die "mmdebstrap and bubblewrap are needed to make a $debian root;" \
          "ask for: apt-get install mmdebstrap bubblewrap uidmap"
    say "installing mmdebstrap and bubblewrap on this system"
    apt_offers mmdebstrap || apt_refresh || true
    apt_install mmdebstrap bubblewrap debian-archive-keyring ||
      die "installing them failed"
  fi
  say "making a $debian root in $root (about 1.7 GB, a few minutes," \
      "once only)"
  local mirror made=no log=$root.log options=()
  : >"$log"
  for mirror in "$(host_mirror)" ''; do
    bootstrap "$mirror" && { made=yes; break; }
    if [ ${#options[@]} = 0 ] && grep -q 'Release file .* is expired' "$log"
    then
      say "the mirror's package lists for $debian are past their date;" \
          "taking them as they are"
      options=('--aptopt=Acquire::Check-Valid-Until "false"')
      bootstrap "$mirror" && { made=yes; break; }
    fi
  done
  if [ $made = no ]; then
    tail -n 15 "$log" >&2
    die "making the root failed; the whole log is $log"
  fi

  local lacking
  lacking=$(missing_packages "$root.new")
  [ -z "$lacking" ] || die "the new root lacks $lacking; see $log"
  printf '%s\n' "${packages[@]}" >"$root.new/.gimp-diffusion-packages"
  if [ -e "$root" ]; then
    rm -rf --one-file-system "$root" || die "cannot remove the old $root"
  fi
  mv "$root.new" "$root"
  say "made the root in $((SECONDS - started)) s"
}

# The mirror from which this system takes its own Debian packages.
host_mirror ()
{
  # shellcheck disable=SC1091
  (
    . /etc/os-release
    [ "${ID:-}" = debian ] || exit 0
    # shellcheck disable=SC2016  # apt's own variables
    apt-get indextargets --format '$(RELEASE) $(SITE)' \
      'Created-By: Packages' |
      awk -v release="${VERSION_CODENAME:-}" \
        '$1 == release { print $2; exit }'
  ) 2>/dev/null || true
}

# Fills a new $root.new from mirror $1, or mmdebstrap's own choice if it is
# empty, through the proxies that this system's apt goes through.  Takes
# make_root's options and log.  The detour over tar makes all files the
# user's own, whatever mode mmdebstrap works in.
bootstrap ()
{
  local line list settings=()
  list=$(IFS=,; echo "${packages[*]}")
  [ -z "$foreign" ] ||
    settings+=("--architectures=$(dpkg --print-architecture),$foreign")
  while IFS= read -r line; do
    settings+=("--aptopt=$line")
  done < <(apt-config dump Acquire::http::Proxy Acquire::https::Proxy \
             Acquire::Check-Valid-Until 2>/dev/null)
  rm -rf --one-file-system "$root.new" || die "cannot remove $root.new"
  mkdir "$root.new"
  LC_ALL=C mmdebstrap --variant=apt --include="$list" --format=tar \
      ${settings[@]+"${settings[@]}"} ${options[@]+"${options[@]}"} \
      "$release" - ${1:+"$1"} </dev/null 2>>"$log" |
    tar -x --exclude='./dev/*' --exclude='./etc/resolv.conf' \
      -C "$root.new" >>"$log" 2>&1
}

choose_entry ()
{
  for entry in bwrap unshare; do
    if have $entry && "enter_by_$entry" true 2>/dev/null; then
      return
    fi
  done
  die "cannot enter $root: bubblewrap and unshare are both missing or" \
      "refused.  Run this as root, or allow user namespaces; in a" \
      "container, start it with the right to mount, or from $debian"
}

# An ordinary user becomes root of a user namespace.  Root stays outside
# one, so as to reach the files of other users.
enter_by_bwrap ()
{
  local path options=()
  [ "$(id -u)" = 0 ] || options=(--unshare-user --uid 0 --gid 0)
  options+=(--unshare-pid --die-with-parent --bind "$root" / --dev /dev
            --proc /proc --ro-bind-try /sys /sys --tmpfs /tmp)
  for path in "$top" ${visible[@]+"${visible[@]}"}; do
    options+=(--bind "$path" "$path")
  done
  bwrap "${options[@]}" --chdir "$top" "$@"
}

enter_by_unshare ()
{
  local options=(--mount --pid --fork --kill-child)
  [ "$(id -u)" = 0 ] || options+=(--user --map-root-user)
  unshare "${options[@]}" bash "$top/tests/dev/enter.sh" "$root" "$top" \
    ${visible[@]+"${visible[@]}"} -- "$@"
}

# Runs a command where GIMP 3 is: on this system, or in the root with the
# checkout at its own path.  It sees few of the caller's variables there.
inside ()
{
  if [ "$system" = host ]; then
    (cd "$top" && env -u DISPLAY -u WAYLAND_DISPLAY \
       ${extra_env[@]+"${extra_env[@]}"} "$@")
    return
  fi

  mkdir -p "$top/build/home"
  local name settings=(
    PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin LANG=C.UTF-8
    HOME="$top/build/home" USER=root SHELL=/bin/bash)
  for name in $(compgen -e); do
    case $name in
      TERM|CI|NO_COLOR|CC|CFLAGS|LDFLAGS|DIF_*|OPENBLAS_*|OMP_*|MESON_*)
        settings+=("$name=${!name}") ;;
    esac
  done
  "enter_by_$entry" env -i "${settings[@]}" \
    ${extra_env[@]+"${extra_env[@]}"} "$@"
}
