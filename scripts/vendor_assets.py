"""Fetch the style sheets, scripts and icons that the pages carry, pinned by version and checksum.

    python scripts/vendor_assets.py          # fetch again after a change of vendor.toml
    python scripts/vendor_assets.py --check  # are the committed files those that vendor.toml names?

Uses ``npm pack``, so it takes whatever registry npm is set up for. Keeps the files named in vendor.toml only,
with their licences; source maps stay behind.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).resolve().parents[1] / "src/zhiqiao/web/static/zhiqiao/vendor"
SOURCE_MAP = re.compile(rb"\n?(//|/\*)# sourceMappingURL=\S+( \*/)?")


def main(arguments: list[str]) -> int:
    plan = tomllib.loads((VENDOR / "vendor.toml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        wanted = collect(plan, Path(folder))
    if "--check" in arguments:
        stale = [name for name, content in wanted.items() if kept(VENDOR / name) != content]
        for name in stale:
            print(f"stale: {name}")
        return 1 if stale else 0
    for name, content in wanted.items():
        (VENDOR / name).write_bytes(content)
        print(f"{name}  {len(content):,} bytes")
    return 0


def collect(plan: dict[str, Any], folder: Path) -> dict[str, bytes]:
    """File name → content of everything that vendor.toml asks for."""
    wanted: dict[str, bytes] = {}
    sprite = plan["sprite"]
    for key, package in plan["packages"].items():
        with tarfile.open(fetch(package, folder)) as archive:
            for source, target in package["files"].items():
                wanted[target] = SOURCE_MAP.sub(b"", member(archive, source))
            if key == sprite["package"]:
                wanted[sprite["target"]] = drawn(archive, sprite)
    return wanted


def fetch(package: dict[str, Any], folder: Path) -> Path:
    """The package's archive; stops the program if its checksum is not the pinned one."""
    wanted = f"{package['name']}@{package['version']}"
    packed = subprocess.run(["npm", "pack", wanted, "--silent"], cwd=folder, check=True, capture_output=True, text=True)
    archive = folder / packed.stdout.strip().splitlines()[-1]
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != package["sha256"]:
        sys.exit(f"{wanted}: checksum is {found}, vendor.toml says {package['sha256']}")
    return archive


def member(archive: tarfile.TarFile, name: str) -> bytes:
    content = archive.extractfile(f"package/{name}")
    if content is None:
        sys.exit(f"not in the package: {name}")
    return content.read()


def drawn(archive: tarfile.TarFile, sprite: dict[str, Any]) -> bytes:
    """One SVG with a symbol an icon; stroke and size come from the style sheet."""
    symbols = []
    for name in sprite["names"]:
        drawing = member(archive, f"{sprite['folder']}/{name}.svg").decode()
        shapes = re.findall(r"<(?:path|circle|rect|line|polyline|ellipse)\b[^>]*/>", drawing)
        visible = "".join(shape for shape in shapes if 'stroke="none"' not in shape)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{visible}</symbol>')
    return ('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n").encode()


def kept(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
