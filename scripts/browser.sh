#!/usr/bin/env bash
# The tests drive a real Chromium. Take the system's; where there is none, install it by apt.
set -euo pipefail
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1 && fc-list ':lang=zh-cn' 2>/dev/null | grep -q .; then
    exit 0
  fi
done
packages="chromium fonts-noto-cjk fontconfig"
if command -v apt-get >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ]; then sudo=""; elif command -v sudo >/dev/null 2>&1; then sudo="sudo"; else sudo="none"; fi
  if [ "$sudo" != none ]; then
    echo "Installing $packages for the browser tests"
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
    exit 0
  fi
fi
echo "The browser tests need Chromium and a Chinese font. Install the packages: $packages" >&2
exit 1
