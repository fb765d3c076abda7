# shellcheck shell=bash
# Installs what tools/packages.txt names and this machine lacks. Sourced by ./dev.
root=${root:?the folder of the project}

# packages_of SECTION: the names of one section, each with the command that does as well; `base` is what stands before the first heading.
packages_of() {
  awk -v wanted="$1" 'BEGIN { section = "base" }
    /^\[/ { section = substr($0, 2, length($0) - 2); next }
    /^[^#]/ && section == wanted { print $1, $3 }' "$root/tools/packages.txt"
}

packages_missing() {
  local name command
  while read -r name command; do
    [[ -n $command ]] && command -v "$command" >/dev/null && continue
    [[ $(dpkg-query -W -f='${db:Status-Abbrev}' "$name" 2>/dev/null) == ii* ]] || echo "$name"
  done < <(packages_of "$1")
}

as_root() {
  if [[ $EUID -eq 0 ]]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else fail "this needs root and there is no sudo; as root, run:  $*"
  fi
}

# Boost 1.81 cannot stand beside Debian's default 1.74 headers: apt replaces them, and a person should hear it first.
announce_removals() {
  local removed
  removed=$(apt-get install --simulate --no-install-recommends "$@" 2>/dev/null | awk '/^Remv/ { print $2 }' | paste -sd ' ')
  [[ -z $removed ]] || say "these conflict and will be removed: $removed"
}

install_packages() {
  if ! command -v dpkg-query >/dev/null; then
    say "not Debian: make sure that this machine has what tools/packages.txt names"
    return
  fi
  local missing
  mapfile -t missing < <(packages_missing "$1")
  ((${#missing[@]})) || return 0
  say "installing ${missing[*]}"
  local log="$root/build/packages.log"
  mkdir -p "$root/build"
  as_root apt-get update >"$log" 2>&1 </dev/null || { tail -20 "$log"; fail "apt-get update failed"; }
  announce_removals "${missing[@]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" \
    >>"$log" 2>&1 </dev/null || { tail -20 "$log"; fail "apt-get install failed; all of it is in build/packages.log"; }
}
