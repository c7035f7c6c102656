#!/bin/sh
# check_exports.sh NM PLUGIN...: each plugin defines one dynamic symbol, gpuspec_vendor_v1.
set -eu
nm="$1"
shift
for plugin in "$@"; do
  symbols="$("$nm" -D --defined-only --format=posix "$plugin" | cut -d' ' -f1)"
  if [ "$symbols" != "gpuspec_vendor_v1" ]; then
    echo "$plugin exports: $symbols"
    exit 1
  fi
done
