"""How fast a patent list becomes stored, checked, audited records.

    python benchmarks/import_speed.py --rows 30000

Writes an invented list of ``--rows`` patents (six columns, as an office hands it over) as .csv and .xlsx, and
takes it in, each in a fresh process on a fresh SQLite database:

* ``zhiqiao``: the product's own import: numbers, dates and classes checked, rows merged by application number,
  holders linked to organisations, source rows kept, audit entries and outbox written;
* ``import_export``: django-import-export in bulk mode with the same checks on the same columns, nothing else;
* ``executemany``: the file read and inserted bare, the same columns, no checks.

JSON lines on stdout: rows/s and peak memory (MiB, the process's own high-water mark) for each, then the ratios.
``--memory`` adds the peaks at a tenth of the rows and of reading the .xlsx alone.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

HEADINGS = ("专利名称", "申请号", "申请人", "申请日", "主分类号", "摘要")
FIELDS = ("title", "number", "applicants", "filed_on", "main_class", "abstract", "kind")
THINGS = (
    "锂电池极片",
    "注塑模具",
    "数控机床主轴",
    "玩具电机",
    "板式家具",
    "毛织面料",
    "LED灯珠",
    "造纸白水",
    "机器人关节",
    "手机中框",
)
WAYS = (
    "涂布装置",
    "冷却结构",
    "检测方法",
    "自动上料机构",
    "封装工艺",
    "回收系统",
    "夹具",
    "控制电路",
    "清洗设备",
    "成型方法",
)
EFFECTS = ("提高了良品率", "降低了能耗", "结构简单、便于维护", "缩短了换型时间", "避免了划伤", "提升了一致性")
CLASSES = ("H01M4/04", "B29C45/73", "B23Q5/04(2006.01)I", "A63H29/22", "A47B47/00", "D04B1/14", "H01L33/48", "D21F1/66")


def rows(count: int) -> Iterator[tuple[str, ...]]:
    """Invented patents with right check digits; the same for the same count."""
    from zhiqiao.kernel.application_numbers import check_digit

    chance = random.Random(7)
    for number in range(count):
        filed = date(2012, 1, 1) + timedelta(days=number % 4000)
        body = f"{filed.year}{chance.choice('12')}{number % 9_999_999 + 1:07d}"
        thing, way = chance.choice(THINGS), chance.choice(WAYS)
        title = f"一种{thing}的{way}及其应用{number}"
        holder = f"东莞示例{number % 5000}号智能科技有限公司" if number % 3 else f"示例人{number % 9000}"
        abstract = (
            f"本发明公开了一种{thing}的{way},包括机架、驱动组件与控制单元,所述驱动组件设于机架上并与控制单元连接,"
            f"通过对{thing}的{chance.randint(2, 9)}段式处理,{chance.choice(EFFECTS)},{chance.choice(EFFECTS)}。"
        ) * 2
        yield title, f"CN{body}.{check_digit(body)}", holder, filed.isoformat(), chance.choice(CLASSES), abstract


def write_files(folder: Path, count: int) -> None:
    import xlsxwriter

    with (folder / "patents.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADINGS)
        writer.writerows(rows(count))
    book = xlsxwriter.Workbook(folder / "patents.xlsx", {"constant_memory": True})
    sheet = book.add_worksheet()
    for at, row in enumerate((HEADINGS, *rows(count))):
        sheet.write_row(at, 0, row)
    book.close()


def fresh_database(home: str) -> None:
    os.environ.update(ZHIQIAO_HOME=home, DJANGO_SETTINGS_MODULE="zhiqiao.conf.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)


def by_zhiqiao(path: Path) -> None:
    from zhiqiao.core.importing import ImportRequest, carry_out, start_import
    from zhiqiao.parties.actors import operator
    from zhiqiao.registry.importing import PatentStorer

    actor = operator("benchmark")
    request = ImportRequest(kind="patents", files=((path.name, path),), sender="benchmark")
    run = carry_out(actor=actor, run=start_import(actor=actor, request=request), storer=PatentStorer())
    assert run.created == run.rows, run.reasons


def by_import_export(path: Path) -> None:
    import tablib
    from import_export import resources

    from zhiqiao.registry.models import Patent

    class PatentResource(resources.ModelResource):  # type: ignore[misc]  # the library ships no types
        class Meta:
            model = Patent
            import_id_fields = ("number",)
            fields = ("number", "kind", "title", "abstract", "filed_on", "main_class", "applicants")
            use_bulk = True
            batch_size = 2000
            skip_unchanged = True
            report_skipped = False
            skip_diff = True
            skip_html_diff = True

        def before_import_row(self, row: dict[str, Any], **_: object) -> None:
            row.update(zip(FIELDS, checked_columns([row[name] for name in FIELDS[:-1]]), strict=True))

    with path.open(encoding="utf-8", newline="") as source:
        table = tablib.Dataset().load(source.read(), format="csv")
    table.append_col([""] * len(table), header="kind")
    table.headers = list(FIELDS)
    result = PatentResource().import_data(table, raise_errors=True)
    assert not result.has_errors()


def checked_columns(row: list[str]) -> tuple[Any, ...]:
    """The same checks as the product's: number, date, class, names."""
    from zhiqiao.kernel.application_numbers import parse_application_number
    from zhiqiao.kernel.classes import parse_class, split_classes
    from zhiqiao.kernel.dates import parse_date
    from zhiqiao.kernel.names import split_names
    from zhiqiao.kernel.text import clean_line, clean_text

    title, number, holder, filed, main_class, abstract = row
    parsed = parse_application_number(number)
    symbol = parse_class(split_classes(main_class)[0]).key
    names = json.dumps(split_names(holder), ensure_ascii=False)
    day = parse_date(filed).day.isoformat()
    return clean_line(title), parsed.key, names, day, symbol, clean_text(abstract), parsed.kind


def by_executemany(path: Path) -> None:
    from django.db import connection, transaction

    from zhiqiao.core.bulk import insert_rows
    from zhiqiao.core.models.base import new_public_id
    from zhiqiao.registry.importing.writing import PATENT_COLUMNS, column
    from zhiqiao.registry.models import Patent

    def stored() -> Iterator[tuple[Any, ...]]:
        fields = {field.attname: field for field in Patent._meta.concrete_fields}
        defaults = [fields[name].get_default() for name in PATENT_COLUMNS]
        plain = [column(value) if not isinstance(value, uuid_type) else value.hex for value in defaults]
        at = {name: place for place, name in enumerate(PATENT_COLUMNS)}
        with path.open(encoding="utf-8", newline="") as source:
            reader = csv.reader(source)
            next(reader)
            for title, number, holder, filed, main_class, abstract in reader:
                row = list(plain)
                row[at["public_id"]] = new_public_id().hex
                row[at["number"]], row[at["kind"]] = number[2:14] + number[15], "invention"
                row[at["title"]], row[at["applicants"]], row[at["filed_on"]] = title, f'["{holder}"]', filed
                row[at["main_class"]], row[at["abstract"]] = main_class, abstract
                yield tuple(row)

    uuid_type = type(new_public_id())
    assert connection.vendor == "sqlite"
    with transaction.atomic():
        insert_rows(Patent, PATENT_COLUMNS, stored())


def read_only(path: Path) -> None:
    from python_calamine import CalamineWorkbook

    CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


METHODS: dict[str, Callable[[Path], None]] = {
    "zhiqiao": by_zhiqiao,
    "import_export": by_import_export,
    "executemany": by_executemany,
    "read_only": read_only,
}


def measure(method: str, path: Path) -> dict[str, Any]:
    """In this process: set up, warm up nothing, take the file in once."""
    with tempfile.TemporaryDirectory() as home:
        if method != "read_only":
            fresh_database(home)
        begun = time.perf_counter()
        METHODS[method](path)
        seconds = time.perf_counter() - begun
    return {"seconds": round(seconds, 3), "peak_mib": peak_mib()}


def peak_mib() -> int:
    """The process's high-water mark. Not getrusage's: that one remembers the parent from before the exec."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) // 1024


def in_fresh_process(method: str, path: Path, count: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, __file__, "--method", method, "--file", str(path)], check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = {"method": method, "file": path.suffix, "rows": count}
    found |= json.loads(done.stdout.splitlines()[-1])
    found["rows_per_second"] = round(count / found["seconds"])
    print(json.dumps(found), flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=30_000)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--method", help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.method:
        print(json.dumps(measure(given.method, given.file)))
        return
    with tempfile.TemporaryDirectory() as folder:
        compare(Path(folder), given.rows, given.memory)


def compare(folder: Path, count: int, memory: bool) -> None:
    write_files(folder, count)
    ours = in_fresh_process("zhiqiao", folder / "patents.csv", count)
    workbook = in_fresh_process("zhiqiao", folder / "patents.xlsx", count)
    library = in_fresh_process("import_export", folder / "patents.csv", count)
    bare = in_fresh_process("executemany", folder / "patents.csv", count)
    ratios: dict[str, Any] = {
        "times_import_export": round(library["seconds"] / ours["seconds"], 2),
        "times_slower_than_executemany": round(ours["seconds"] / bare["seconds"], 2),
    }
    if memory:
        reading = in_fresh_process("read_only", folder / "patents.xlsx", count)
        write_files(folder, count // 10)
        small = in_fresh_process("zhiqiao", folder / "patents.csv", count // 10)
        ratios["csv_peak_to_peak_at_a_tenth"] = round(ours["peak_mib"] / small["peak_mib"], 2)
        ratios["xlsx_mib_over_reading_alone"] = workbook["peak_mib"] - reading["peak_mib"]
    print(json.dumps(ratios))


if __name__ == "__main__":
    main()
