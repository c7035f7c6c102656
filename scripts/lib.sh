# shellcheck shell=bash
# Shared by the scripts here; sourced, never run. Leaves the shell in the repository root; `caller` is where it was.

unset CDPATH
caller=$PWD
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
cd -- "$root"

say() { printf '%s\n' "== $*"; }

fail() {
  printf '%s: %s\n' "$(basename -- "$0")" "$*" >&2
  exit 1
}

# usage STATUS TEXT: the help text; to standard error when the call was wrong.
usage() {
  if [ "$1" -eq 0 ]; then
    printf '%s\n' "$2"
  else
    printf '%s\n' "$2" >&2
  fi
  exit "$1"
}

# Runs a command as root: directly, or through sudo.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "needs root for: $* (no sudo here)"
  fi
}

# configure_and_build PRESET [arguments of cmake --build]
configure_and_build() {
  local preset=$1
  shift
  command -v cmake >/dev/null && command -v ninja >/dev/null || fail "cmake or ninja is missing; run scripts/setup first"
  say "configuring build/$preset"
  local log
  log=$(cmake --preset "$preset" 2>&1) || {
    printf '%s\n' "$log" >&2
    fail "configuring failed"
  }
  say "building build/$preset"
  cmake --build --preset "$preset" --parallel "$(nproc)" "$@"
}
