"""Real lists, where they lie beside the checkout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.importing.lists import counts, made_up, take, write_list
from zhiqiao.core.importjobs import storer_of
from zhiqiao.exchange.tables import open_tables
from zhiqiao.needs.models import Need
from zhiqiao.registry.models import Patent

pytestmark = pytest.mark.django_db


def test_a_city_of_real_patents(shared_data: Path) -> None:
    path = shared_data / "patents" / "专利信息.xlsx"
    run = take(path)
    assert counts(run) == (7_384, 0, 0, 0)
    assert run.unmapped == []
    assert run.reasons["check_digit_filled"] == 9
    assert Patent.objects.filter(check_filled=True).count() == 9
    designs = Patent.objects.filter(kind="design")
    assert designs.count() == 140
    assert not designs.filter(main_class="").exists()
    assert not Patent.objects.filter(title="").exists()
    again = take(path)
    assert counts(again) == (0, 0, 7_384, 0)
    assert not again.revisions.exists()


def test_real_needs(shared_data: Path) -> None:
    path = shared_data / "demands" / "requirements.csv"
    run = take(path, kind="needs")
    assert counts(run) == (371, 0, 0, 0)
    assert Need.objects.exclude(title="").count() == 371
    assert counts(take(path, kind="needs")) == (0, 0, 371, 0)


def test_real_full_texts(shared_data: Path) -> None:
    paths = sorted((shared_data / "exports" / "cnipa_xml").glob("*.XML"))
    run = take(*paths)
    assert counts(run) == (3, 0, 0, 0)
    for patent in Patent.objects.all():
        assert patent.title and patent.first_claim and patent.main_class and patent.applicants
        assert patent.public
    assert counts(take(*paths)) == (0, 0, 3, 0)


def test_every_vendors_headings_are_known(shared_data: Path, tmp_path: Path) -> None:
    dialects = json.loads((shared_data / "exports" / "headings.json").read_text(encoding="utf-8"))
    read = 0
    for name, dialect in dialects.items():
        if name.startswith("_") or not dialect.get("columns"):
            continue
        cells = dict.fromkeys(dialect["columns"], "")
        path = write_list(tmp_path / f"{name}.csv", [cells | {dialect["columns"][0]: made_up(1).dotted}])
        mapping, _ = storer_of("patents").headings(next(open_tables(path)), {})
        assert mapping.unmapped == (), name
        assert set(mapping.headings.values()) == set(dialect["columns"]), name
        read += 1
    assert read >= 8
