"""The register of the how-to in use. Run by ``test_add_a_register`` in a process of its own, with the settings and the
package of the document; not a test module itself."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import django
import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection

django.setup()

from django.test import Client  # noqa: E402 -- the settings come first
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from zhiqiao.core.jobs import run_job, take_job  # noqa: E402
from zhiqiao.core.models import ImportRun  # noqa: E402
from zhiqiao.kit.catalogue import register_named  # noqa: E402
from zhiqiao.kit.roles import Role  # noqa: E402
from zhiqiao.parties.actions.keys import NewKey, make_key  # noqa: E402
from zhiqiao.parties.actors import actor_for  # noqa: E402
from zhiqiao.parties.models import Membership, Organisation, User  # noqa: E402

ENGLISH = {"Accept-Language": "en"}
Step = Callable[["City"], None]
STEPS: list[Step] = []


def step(done: Step) -> Step:
    STEPS.append(done)
    return done


class City:
    """A bureau with an officer; two institutions, each with a manager."""

    def __init__(self) -> None:
        names = {"bureau": "示例市知识产权局", "college": "示例学院", "rival": "示例大学"}
        self.houses = {
            key: Organisation.objects.create(name=name, name_key=name, pinyin=key, kind="university")
            for key, name in names.items()
        }
        roles = {"bureau": Role.BUREAU_OFFICER, "college": Role.HOLDER_MANAGER, "rival": Role.HOLDER_MANAGER}
        self.people = {key: self.person(key, role) for key, role in roles.items()}
        self.model: Any = register_named("broker").model

    def person(self, key: str, role: Role) -> User:
        user = User.objects.create(username=key, display_name=key)
        Membership.objects.create(user=user, organisation=self.houses[key], role=role, started_on=date(2024, 1, 1))
        return user

    def client(self, who: str) -> Client:
        client = Client(headers=ENGLISH)
        client.force_login(self.people[who])
        return client

    def said(self, number: int, house: str = "college", **more: Any) -> dict[str, Any]:
        return {
            "name": f"王工{number}", "organisation": str(self.houses[house].public_id),
            "licence": f"JJ-2024-{number:04d}", "specialities": "模具", "licensed_on": "2024-05-06", **more,
        }  # fmt: skip

    def broker(self, number: int) -> Any:
        return self.model.objects.get(licence=f"JJ-2024-{number:04d}")


def page(broker: Any, name: str = "page", *more: Any) -> str:
    return reverse(f"broker_{name}", args=[broker.public_id, *more])


def words(answer: Any) -> str:
    return str((b"".join(answer) if answer.streaming else answer.content).decode("utf-8-sig"))


def work() -> None:
    while (job := take_job("howto")) is not None:
        run_job(job, threading.Event())


@step
def new(city: City) -> None:
    client = city.client("bureau")
    assert "As JJ-2024-0183" in words(client.get(reverse("broker_new")))
    for number, house in ((1, "college"), (2, "college"), (3, "rival")):
        answer = client.post(reverse("broker_new"), city.said(number, house))
        assert answer.status_code == 302, answer.context["form"].errors
    again = client.post(reverse("broker_new"), city.said(1))
    assert again.status_code == 422 and list(again.context["form"].errors) == ["licence"]
    assert city.client("college").post(reverse("broker_new"), city.said(9)).status_code == 403
    assert city.model.objects.count() == 3


@step
def listed(city: City) -> None:
    client = city.client("bureau")
    with CaptureQueriesContext(connection) as queries:
        assert "模具" in words(client.get(reverse("broker_list")))
    assert not [each["sql"] for each in queries if '"brokers_broker"."id" = ' in each["sql"]]  # none for a row alone
    found = client.get(reverse("broker_list"), {"q": "JJ-2024-0002", "state": "active"})
    assert "王工2" in words(found) and "王工1" not in words(found)
    assert "Technology brokers" in str([group["items"] for group in found.context["navigation"]])
    helped = client.get(reverse("broker_help")).context["steps"]
    first = helped[0]
    assert (first.source, first.move, first.target) == ("Active", "Pause", "Paused") and "Bureau officer" in first.who


@step
def changed(city: City) -> None:
    client, broker = city.client("bureau"), city.broker(1)
    form = client.get(page(broker, "change"))
    hidden = form.context["hidden"]
    said = city.said(1, specialities="模具；压铸")
    assert client.post(page(broker, "change"), {**said, **hidden}).status_code == 302
    assert city.broker(1).specialities == "模具；压铸"
    assert client.post(page(broker, "change"), {**said, **hidden}).status_code == 409  # somebody wrote meanwhile
    taken = client.post(
        page(broker, "change"), {**city.said(2), **client.get(page(broker, "change")).context["hidden"]}
    )
    assert list(taken.context["form"].errors) == ["licence"]


@step
def moved(city: City) -> None:
    client, broker = city.client("bureau"), city.broker(2)
    assert client.post(page(broker, "move", "strike_off"), {"reason": ""}).status_code == 422
    assert client.post(page(broker, "move", "strike_off"), {"reason": "证书过期"}).status_code == 302
    assert city.broker(2).state == "struck_off"
    assert city.client("college").post(page(broker, "move", "pause")).status_code == 403


@step
def moved_together(city: City) -> None:
    client = city.client("bureau")
    many = reverse("broker_bulk", args=["pause"])
    chosen = {"id": [str(each.public_id) for each in city.model.objects.all()]}
    shown = client.post(many, chosen)
    assert (shown.context["expected"].moved, dict(shown.context["expected"].reasons)) == (2, {"move_not_offered": 1})
    assert city.model.objects.filter(state="paused").count() == 0
    client.post(many, {**chosen, "sure": "1"})
    assert city.model.objects.filter(state="paused").count() == 2


@step
def spoken_of(city: City) -> None:
    client, broker = city.client("college"), city.broker(1)
    client.post(page(broker, "comments"), {"text": "请补证书"})
    client.post(page(broker, "files"), {"file": SimpleUploadedFile("证书.pdf", b"%PDF")})
    shown = client.get(page(broker))
    told = words(shown)
    assert "请补证书" in told and "证书.pdf" in told
    assert "模具；压铸" in told and shown.context["history"]


@step
def hidden(city: City) -> None:
    client, foreign = city.client("college"), city.broker(3)
    absent = client.get(reverse("broker_page", args=["018f0000-0000-7000-8000-000000000000"]))
    found = client.get(page(foreign))
    assert (found.status_code, absent.status_code) == (404, 404)
    assert "王工3" not in words(client.get(reverse("broker_list")))
    assert "王工3" not in words(client.get(reverse("broker_export", args=["csv"])))


@step
def exported(city: City) -> None:
    client = city.client("bureau")
    sheet = words(client.get(reverse("broker_export", args=["csv"]), {"state": "paused"}))
    assert "JJ-2024-0001" in sheet and "JJ-2024-0002" not in sheet
    book = client.get(reverse("broker_export", args=["xlsx"]))
    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(book))).worksheets[0].values)
    assert rows[0][0] == "Name of the broker" and len(rows) == 4


def filled_in(city: City, client: Client) -> bytes:
    """The template with two good rows and a bad one below the example that it came with."""
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(reverse("broker_template")))))
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    assert heads == ["Name of the broker*", "Works for*", "Licence*", "Specialities", "Licensed on"]
    lists = [each.formula1 for each in sheet.data_validations.dataValidation if each.type == "list"]
    assert len(lists) == 1 and "示例学院" in lists[0]
    sheet.append(["赵工", "示例学院", "JJ-2025-0001", "电池", date(2025, 1, 2)])
    sheet.append(["钱工", "示例大学", "JJ-2025-0002", None, "2025年3月4日"])
    sheet.append(["孙工", "没有这家单位", "JJ-2025", None, None])
    sheet.append(["李工", "示例大学", "JJ-2024-0001", None, None])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(client: Client, content: bytes) -> ImportRun:
    sent = {"kind": "broker", "sender": "示例市", "uploads": SimpleUploadedFile("名单.xlsx", content)}
    answer = client.post(reverse("import_new"), sent)
    assert answer.status_code == 302, answer.context["form"].errors
    work()
    return ImportRun.objects.latest("id")


@step
def taken_in(city: City) -> None:
    client = city.client("bureau")
    content = filled_in(city, client)
    run = send(client, content)
    assert (run.state, run.rows, run.created, run.rejected) == ("done", 4, 2, 2), (run.reasons, run.headings)
    assert [table["sheet"] for table in run.headings] == ["Technology brokers"]  # neither the guide nor the choices
    assert city.model.objects.get(licence="JJ-2025-0002").licensed_on == date(2025, 3, 4)
    told = words(client.get(reverse("import_page", args=[run.public_id])))
    assert "As JJ-2024-0183" not in told and "Licence" in told and "There is such a record already" in told
    report = b"".join(client.get(reverse("import_report", args=[run.public_id])))
    back = openpyxl.load_workbook(io.BytesIO(report)).worksheets[0]
    marked = [
        cell.coordinate for row in back.iter_rows(min_row=2) for cell in row if cell.fill.fgColor.rgb == "FFFCE0E0"
    ]
    assert marked == ["B2", "C2", "C3"]
    again = send(client, content)
    assert (again.created, again.unchanged, again.rejected) == (0, 2, 2)
    for each in (again, run):
        assert client.post(reverse("import_move", args=[each.public_id, "undo"])).status_code == 302
    assert "赵工" not in words(client.get(reverse("broker_list")))
    assert city.model.objects.exclude(withdrawn_at=None).count() == 2
    assert send(client, content).created == 2


@step
def for_programs(city: City) -> None:
    owner = city.people["bureau"]
    asked = NewKey("program", ("read", "write"), timezone.localdate() + timedelta(days=9))
    key = make_key(actor=actor_for(owner), owner=owner, key=asked)
    given = {"headers": {"Authorization": f"Bearer {key.secret_once}"}, "content_type": "application/json"}
    client = Client()
    made: Any = client.post("/api/v1/brokers/", city.said(7, "rival"), **given)  # type: ignore[arg-type]  # headers
    assert made.status_code == 201, made.content
    body = made.json()
    etag = {"Authorization": f"Bearer {key.secret_once}", "If-Match": made.headers["ETag"]}
    paused = client.post(f"{body['url']}pause/", {}, content_type="application/json", headers=etag)
    assert paused.status_code == 200 and paused.json()["state"] == "paused", paused.content
    found = client.get("/api/v1/brokers/", {"state": "paused"}, headers={"Authorization": etag["Authorization"]})
    assert body["id"] in [each["id"] for each in found.json()["items"]], found.content
    assert "/api/v1/brokers/" in words(client.get("/api/v1/openapi.yaml"))


def main() -> None:
    setup_test_environment()
    call_command("makemigrations", "brokers", verbosity=0)
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    city = City()
    for each in STEPS:
        each(city)
        print(each.__name__, "came true")
    print("everything came true")


if __name__ == "__main__":
    main()
