"""Keep the description of the interface: docs/openapi.yaml, as the registers declare it.

python scripts/openapi.py            # write it
python scripts/openapi.py --check    # exit 1 where it is not what the registers declare
"""

from __future__ import annotations

import difflib
import os
import sys
import tempfile
from pathlib import Path

import django

PLACE = Path(__file__).resolve().parents[1] / "docs" / "openapi.yaml"
SHOWN = 60  # lines of difference


def main(arguments: list[str]) -> int:
    os.environ["ZHIQIAO_HOME"] = tempfile.mkdtemp(prefix="zhiqiao-openapi-")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhiqiao.conf.settings")
    django.setup()
    # Only now: registers are models, which need Django set up.
    from zhiqiao.api.description import description_as_yaml

    made = description_as_yaml()
    if "--check" not in arguments:
        PLACE.write_text(made, encoding="utf-8")
        print(f"{PLACE.name}: {made.count('operationId:')} operations")
        return 0
    kept = PLACE.read_text(encoding="utf-8") if PLACE.exists() else ""
    if kept == made:
        print("docs/openapi.yaml is what the registers declare")
        return 0
    told = difflib.unified_diff(kept.splitlines(), made.splitlines(), "docs/openapi.yaml", "declared", lineterm="", n=1)
    print("\n".join(list(told)[:SHOWN]))
    print("docs/openapi.yaml is not what the registers declare: run scripts/openapi.py and look at what changed")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
