#!/usr/bin/env bash
# Compile the lock files anew: hashes, no index addresses. Run after a change to pyproject.toml.
set -euo pipefail
cd "$(dirname "$0")/.."
common=(--quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate)
uv pip compile "${common[@]}" pyproject.toml requirements/build.in -o requirements/base.txt
uv pip compile "${common[@]}" --extra cluster pyproject.toml requirements/build.in -c requirements/base.txt -o requirements/cluster.txt
uv pip compile "${common[@]}" --extra dev pyproject.toml requirements/build.in -c requirements/cluster.txt -o requirements/dev.txt
