"""From the upload through the worker to the result page, the question about a heading, and back again."""

from __future__ import annotations

import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.web.conftest import City
from zhiqiao.core.jobs import run_job, take_job
from zhiqiao.core.models import ImportRun
from zhiqiao.registry.models import Patent

LIST = (
    "专利名称,申请号,申请人,转让报价,神秘列\n"
    "一种好装置,201710601862.3,示例学院,30,甲\n"
    "一种坏装置,2.02E+12,示例学院,50,乙\n"
)
pytestmark = pytest.mark.django_db(transaction=True)


def upload(name: str = "清单.csv", text: str = LIST) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode("gb18030"), content_type="text/csv")


def hand_in(client: Client, **more: object) -> ImportRun:
    answer = client.post(
        reverse("import_new"), {"kind": "patents", "uploads": [upload()], "sender": "示例学院", **more}
    )
    assert answer.status_code == 302, answer.context["form"].errors
    return ImportRun.objects.get(sender="示例学院", state="running")


def work() -> None:
    """All that waits: the import, and what follows from it."""
    job = take_job("test")
    assert job is not None
    while job is not None:
        run_job(job, threading.Event())
        job = take_job("test")


def test_good_rows_land_and_the_others_are_named(city: City) -> None:
    client = city.client("bureau")
    run = hand_in(client)
    page = reverse("import_page", args=[run.public_id])
    assert "hx-get" in client.get(page, headers={"HX-Request": "true"}).content.decode()
    work()
    answer = client.get(page)
    shown = answer.content.decode()
    assert "hx-get" not in shown
    assert [(row.number, row.column) for row in answer.context["rejected"]] == [(3, "申请号")]
    assert "科学计数法" in shown and Patent.objects.filter(number="2017106018623").count() == 1
    report = client.get(reverse("import_report", args=[run.public_id]))
    assert "2.02E+12" in b"".join(report).decode("utf-8-sig")


def test_unknown_heading_is_asked_about_and_remembered(city: City) -> None:
    client = city.client("bureau")
    run = hand_in(client)
    work()
    where = reverse("import_headings", args=[run.public_id])
    form = client.get(where).context["form"]
    asked = list(form.questions.headings)
    assert "神秘列" in asked
    said = {f"heading{number}": "-" for number in range(len(asked))}
    said |= {f"unit{number}": "万元" for number in range(len(form.questions.amounts))}
    assert client.post(where, said).status_code == 302
    again = ImportRun.objects.latest("id")
    assert again.pk != run.pk and again.options["mapping"]["神秘列"] is None
    work()
    again.refresh_from_db()
    assert (again.state, again.created, again.rejected) == ("done", 0, 1)
    assert not client.get(reverse("import_page", args=[again.public_id])).context["questions"]


def test_undo_takes_everything_back(city: City) -> None:
    client = city.client("bureau")
    run = hand_in(client)
    work()
    undo = reverse("import_move", args=[run.public_id, "undo"])
    assert (
        "撤销" in client.get(undo).content.decode() and Patent.objects.get(number="2017106018623").withdrawn_at is None
    )
    assert client.post(undo).status_code == 302
    assert Patent.objects.get(number="2017106018623").withdrawn_at is not None
    assert client.post(undo).status_code == 409


def test_institution_imports_for_itself_alone(city: City) -> None:
    client = city.client("holder")
    run = hand_in(client, organisation=str(city.houses["college"].pk))
    assert run.organisation_id == city.houses["college"].pk
    foreign = client.post(
        reverse("import_new"),
        {"kind": "patents", "uploads": [upload()], "sender": "x", "organisation": str(city.houses["rival"].pk)},
    )
    assert foreign.status_code == 422 and not ImportRun.objects.filter(sender="x").exists()


def test_file_that_cannot_be_read_is_told_beside_the_field(city: City) -> None:
    empty = city.client("bureau").post(
        reverse("import_new"), {"kind": "patents", "uploads": [upload(text="")], "sender": "示例学院"}
    )
    assert empty.status_code == 422 and empty.context["form"].errors["uploads"]
    assert "示例学院" in empty.content.decode()


def by_hand(name: str) -> str:
    """The form as a browser would not send it."""
    given = {"kind": "patents", "sender": "示例学院"}
    parts = [f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in given.items()]
    if name:
        parts.append(f'--x\r\nContent-Disposition: form-data; name="uploads"; filename="{name}"\r\n\r\n{LIST}\r\n')
    return "".join(parts) + "--x--\r\n"


@pytest.mark.parametrize("name", ["", "..", "/"])
def test_import_without_a_file_is_no_import(city: City, name: str) -> None:
    before = ImportRun.objects.count()
    answer = city.client("bureau").generic(
        "POST", reverse("import_new"), by_hand(name), content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 422 and list(answer.context["form"].errors) == ["uploads"]
    assert ImportRun.objects.count() == before


def test_rows_taken_with_a_note_are_named_and_exported(city: City) -> None:
    client = city.client("bureau")
    run = hand_in(client, uploads=[upload(text="专利名称,申请号,申请人\n一种好装置,201710601862,示例学院\n")])
    work()
    noted = client.get(reverse("import_page", args=[run.public_id])).context["noted"]
    assert [(row.number, row.reason) for row in noted] == [(2, "申请号缺校验位，已补上")]
    sheet = b"".join(client.get(reverse("import_notes", args=[run.public_id, "csv"])))
    assert "201710601862" in sheet.decode("utf-8-sig")


def test_heading_read_wrongly_is_put_right(city: City) -> None:
    client = city.client("bureau")
    run = hand_in(client)
    work()
    where = reverse("import_headings", args=[run.public_id])
    form = client.get(where).context["form"]
    assert "一种好装置 · 一种坏装置" in client.get(where).content.decode()
    for each in form.read_fields():
        words = [shown for _, shown in each.field.choices]
        assert len(words) == len(set(words))
    wrong = list(form.questions.read).index("申请人")
    said = {f"read{n}": standing for n, standing in enumerate(form.questions.read.values())}
    said |= {f"unit{n}": "万元" for n in range(len(form.questions.amounts))} | {f"read{wrong}": "-"}
    assert client.post(where, said).status_code == 302
    again = ImportRun.objects.latest("id")
    assert again.options["mapping"]["申请人"] is None and "申请号" not in again.options["mapping"]
    work()
    page = client.get(reverse("import_page", args=[again.public_id])).content.decode()
    assert "申请人 → 不导入" in page and "未识别" not in page


def test_file_without_headings_says_what_to_do(city: City) -> None:
    client = city.client("bureau")
    run = hand_in(client, uploads=[upload(name="坏.xlsx", text="不是表格")])
    work()
    answer = client.get(reverse("import_page", args=[run.public_id]))
    assert "所有行均已入库" not in answer.content.decode() and "改正文件后重新上传" in answer.content.decode()
    assert [count for _, count in answer.context["reasons"]] == [1]


def test_refused_day_stands_beside_the_day(city: City) -> None:
    answer = city.client("bureau").post(
        reverse("import_new"),
        {"kind": "patents", "uploads": [upload()], "sender": "示例学院", "as_of": "2999-01-01"},
    )
    assert sorted(answer.context["form"].errors) == ["as_of", "uploads"]
    assert "重新选择文件" in answer.content.decode()
