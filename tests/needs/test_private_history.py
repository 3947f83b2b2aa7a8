"""The private layer through lists: filled, never emptied, kept encrypted, taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.importing.lists import OFFICER, rehearse, take, write_list
from zhiqiao.core.importing import undo_import
from zhiqiao.core.importjobs import storer_of
from zhiqiao.core.models import AuditEntry, Revision
from zhiqiao.needs.models import NeedPrivate

pytestmark = pytest.mark.django_db


def line(**cells: Any) -> dict[str, Any]:
    return {"需求编号": "1", "需求名称": "求电池", "需求内容": "轻", **cells}


def test_a_private_change_is_told_kept_and_taken_back(tmp_path: Path) -> None:
    take(write_list(tmp_path / "a.csv", [line(联系人="王示", 联系电话="13812345678")]), kind="needs")
    NeedPrivate.objects.update(details="甲")
    NeedPrivate.objects.get()
    later = write_list(tmp_path / "b.csv", [line(联系电话="13900000000")])
    shown = rehearse(later, kind="needs").differences
    assert "13900000000" not in str(shown) and "•••" in str(shown)
    run = take(later, kind="needs")
    assert run.updated == 1
    layer = NeedPrivate.objects.get()
    assert (layer.details, layer.contact, layer.phone) == ("甲", "王示", "13900000000"), "what is not said stays"
    assert "13900000000" not in str(list(Revision.objects.values_list("changes", flat=True)))
    entry = AuditEntry.objects.filter(action="needs.import_need").latest("id")
    assert '"private":["phone"]' in entry.content and "13900000000" not in entry.content
    undo_import(actor=OFFICER, run=run, storer=storer_of("needs"))
    assert NeedPrivate.objects.get().phone == "13812345678"
    assert AuditEntry.objects.filter(action="needs.undo_import").exists()
