#!/usr/bin/env bash
# Make the virtual environment and install one of the locks: setup.sh base|cluster|dev. Does nothing when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."
lock="requirements/$1.txt"
venv="${ZHIQIAO_VENV:-.venv}"

find_python() {
  for candidate in "${PYTHON:-}" python3.11 python3.12 python3.13 python3; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      command -v "$candidate"
      return
    fi
  done
  echo "Zhiqiao needs Python 3.11 or newer with the venv module (on Debian: apt install python3 python3-venv)." >&2
  exit 1
}

want="$(cat "$lock" pyproject.toml | sha256sum | cut -d' ' -f1)"
stamp="$venv/.installed-$1"
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ]; then
  exit 0
fi
# What the larger lock installed serves the smaller one too.
if [ "$1" = base ] && [ -f "$venv/.installed-dev" ] && \
   [ "$(cat "$venv/.installed-dev")" = "$(cat requirements/dev.txt pyproject.toml | sha256sum | cut -d' ' -f1)" ]; then
  exit 0
fi
if [ ! -x "$venv/bin/python" ]; then
  echo "Making the virtual environment in $venv"
  "$(find_python)" -m venv "$venv"
fi
echo "Installing $lock"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$lock"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
echo "$want" > "$stamp"
