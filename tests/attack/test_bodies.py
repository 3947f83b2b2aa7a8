"""Bodies that are larger, or say less, than an honest program's."""

from __future__ import annotations

import io
import json
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.urls import reverse

from tests.attack.conftest import City, Programs
from zhiqiao.api.middleware import LARGEST_UPLOAD, longest_body
from zhiqiao.core.models import Attachment
from zhiqiao.exchange.template_books import Guide, write_template
from zhiqiao.exchange.templates import Asked, Shape
from zhiqiao.kit.discussing import LARGEST_FILE


def test_file_beside_a_record_is_bounded_before_it_is_read(rf: RequestFactory) -> None:
    def most(path: str) -> int:
        request = rf.post(path, content_type="multipart/form-data", headers={"Authorization": "Bearer zq_1"})
        return longest_body(request)

    assert most(reverse("api_import_list")) == LARGEST_UPLOAD
    beside = reverse("api_need_files", args=["01a20807-fdd4-7e4d-ae32-abebf205d9be"])
    assert LARGEST_FILE < most(beside) < LARGEST_FILE + 1024 * 1024


@pytest.mark.django_db
@pytest.mark.parametrize("body", ['{"\\ud800": 1}', '{"text": "\\ud800 1234"}', '{"text": ["\\udfff"]}'])
def test_half_characters_are_refused(city: City, programs: Programs, body: str) -> None:
    program = programs.of("firm", "write")
    answer = program.client.post("/api/v1/needs/", body, content_type="application/json", headers=program.headers)
    told: dict[str, Any] = json.loads(answer.content)
    assert (answer.status_code, told["code"]) == (422, "fields_refused")


def test_choice_with_quotes_does_not_break_the_template() -> None:
    choices = ('某"厂', '"&WEBSERVICE("http://example.org")&"')
    columns = (Asked("house", "单位", Shape.CHOICE, choices=choices),)
    target = io.BytesIO()
    write_template(target, "名单", columns, Guide("填写说明", (), (), (), ""))
    book = openpyxl.load_workbook(target)
    (check,) = book.worksheets[0].data_validations.dataValidation
    assert check.formula1.startswith("zhiqiao_choices!")
    assert tuple(row[0].value for row in book["zhiqiao_choices"].iter_rows()) == choices


@pytest.mark.django_db
@pytest.mark.parametrize("size", ["0" * 5_000 + "1", "9" * 5_000, "-1", "٣", "1e2", "+5"])
def test_size_that_is_none_is_refused(programs: Programs, size: str) -> None:
    answer = programs.of("public").get(f"patents/?size={quote(size)}")
    assert answer.status_code == 422, "not a fault of ours"


@pytest.mark.django_db
def test_file_beside_a_record_may_be_as_large_as_its_page_says_and_no_larger(city: City) -> None:
    place = reverse("patent_files", args=[city.records["open_patent"].public_id])
    client = city.client("holder")
    sent = client.post(place, {"file": SimpleUploadedFile("说明.pdf", b"x" * (6 * 1024 * 1024))})
    assert sent.status_code == 302 and Attachment.objects.get().blob.size == 6 * 1024 * 1024
    too_long = {"content-length": str(LARGEST_FILE + 1024 * 1024)}
    for who in ("holder", "public"):
        answer = city.client(who).generic("POST", place, b"", "multipart/form-data; boundary=x", headers=too_long)
        assert answer.status_code == 413
