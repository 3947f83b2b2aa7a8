"""Write the sample city as the files that its offices would really send in."""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from zhiqiao.sample.model import City, SampleOrganisation
from zhiqiao.sample.patents import SamplePatent

# Fixed, so that two runs write the same bytes.
_CREATED: Final = datetime(2026, 1, 15, 9, 0)
_IPC_EDITION: Final = "(2006.01)I"
_AGENCIES: Final = ("东莞示例知识产权代理有限公司", "东莞示例专利代理事务所")
_POSTCODE: Final = "523000"
_KIND_ZH: Final = {"invention": "发明", "utility_model": "实用新型", "design": "外观设计"}
_ORGANISATION_KINDS: Final = {
    "authority": "政府机关",
    "university": "高等院校",
    "institute": "科研院所",
    "hospital": "医院",
    "soe": "国有企业",
    "enterprise": "企业",
    "bank": "银行",
    "agency": "服务机构",
    "operating_centre": "运营中心",
}
# How a gazette-minded vendor words what a status search says in one word.
_GAZETTE_WORDS: Final = {
    "授权": "授权",
    "公开": "公开",
    "实质审查": "实质审查的生效",
    "质押": "专利权质押合同登记的生效",
    "许可": "专利实施许可合同备案的生效",
    "未缴年费": "专利权的终止(未缴年费专利权终止)",
    "期限届满": "专利权的终止专利权有效期届满",
    "放弃": "避免重复授权放弃专利权",
    "驳回": "发明专利申请公布后的驳回",
}
_PATSNAP_WORDS: Final = {
    "质押": "授权 | 质押",
    "许可": "授权 | 许可",
    "未缴年费": "未缴年费",
    "放弃": "放弃 | 避免重复授权",
}


@dataclass(frozen=True, slots=True)
class SampleFiles:
    """``patents``: an incoPat-like workbook, a cnipr-like GB18030 list, a PatSnap-like workbook."""

    patents: tuple[Path, Path, Path]
    organisations: Path
    needs: Path


def write_files(city: City, folder: Path) -> SampleFiles:
    folder.mkdir(parents=True, exist_ok=True)
    kinds = {each.key: each for each in city.organisations}
    science, older_firms, newer_firms = _shared_out(city.patents, kinds)
    return SampleFiles(
        patents=(
            _incopat(folder / "示例-高校院所医院专利-incopat.xlsx", science),
            _cnipr(folder / "示例-国企与企业专利-cnipr.csv", older_firms),
            _patsnap(folder / "示例-企业专利-patsnap.xlsx", newer_firms),
        ),
        organisations=_organisations(folder / "示例-单位名录.xlsx", city.organisations),
        needs=_needs(folder / "示例-企业需求.xlsx", city),
    )


def _shared_out(
    patents: Iterable[SamplePatent], organisations: dict[str, SampleOrganisation]
) -> tuple[list[SamplePatent], list[SamplePatent], list[SamplePatent]]:
    """Each patent into the file of its first holder: science, state-owned and half of the firms, the rest."""
    parts: tuple[list[SamplePatent], list[SamplePatent], list[SamplePatent]] = ([], [], [])
    for patent in patents:
        holder = organisations[patent.holder_keys[0]]
        if holder.kind in ("university", "institute", "hospital"):
            parts[0].append(patent)
        elif holder.kind == "soe" or holder.key >= "e21":
            parts[1].append(patent)
        else:
            parts[2].append(patent)
    return parts


def _incopat(path: Path, patents: Sequence[SamplePatent]) -> Path:
    rows = [_incopat_row(patent) for patent in patents]
    return _workbook(path, rows, title="incoPat 检索结果导出（示例数据） 导出日期：2026-01-15")


def _incopat_row(patent: SamplePatent) -> dict[str, str | int]:
    life, design = patent.life, patent.kind == "design"
    return {
        "标题": patent.title,
        "申请人": ";".join(patent.applicants),
        "公开(公告)号": life.publication_number,
        "摘要": patent.abstract,
        "公开(公告)日": _plain_day(life.granted_on or life.published_on),
        "申请号": f"CN{life.application_number}",
        "申请日": _plain_day(life.filed_on),
        "专利类型": _document_kind(patent),
        "公开国别": "中国",
        "IPC主分类": "" if design else patent.classes[0],
        "IPC": "" if design else ";".join(patent.classes),
        "洛迦诺分类号": patent.classes[0] if design else "",
        "标准化当前权利人": ";".join(patent.holders),
        "当前权利人": ";".join(patent.holders),
        "申请人地址": patent.address,
        "工商统一社会信用代码": ";".join(patent.credit_codes),
        "发明人": ";".join(patent.inventors),
        "首次公开日": _plain_day(life.published_on),
        "授权公告日": _plain_day(life.granted_on),
        "首项权利要求": patent.first_claim or "",
        "权利要求数量": _claim_count(patent),
        "被引证次数": _times_cited(patent),
        "简单同族": ";".join(_family(patent)),
        "一案双申": patent.twin_number or "",
        "专利有效性": life.validity,
        "当前法律状态": life.status,
        "法律事件": _events(patent),
        "许可次数": int(life.status == "许可"),
        "当前被许可人": _counterparty(patent, "许可"),
        "质押次数": int(life.status == "质押"),
        "当前质权人": _counterparty(patent, "质押"),
        "财政资助": patent.funding.level if patent.funding else "",
        "资助项目名称": patent.funding.project if patent.funding else "",
        "资助项目编号": patent.funding.number if patent.funding else "",
    }


def _cnipr(path: Path, patents: Sequence[SamplePatent]) -> Path:
    rows = [_cnipr_row(patent) for patent in patents]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode("gb18030"))
    return path


def _cnipr_row(patent: SamplePatent) -> dict[str, str]:
    life = patent.life
    edition = "" if patent.kind == "design" else _IPC_EDITION
    classes = [f"{symbol}{edition}" for symbol in patent.classes]
    return {
        "申请号": f"CN{life.application_number}",
        "公开（公告）号": life.publication_number,
        "公开（公告）日": _dotted_day(life.granted_on or life.published_on),
        "申请日": _dotted_day(life.filed_on),
        "专利号": f"ZL{life.application_number}" if life.granted_on else "",
        "名称": patent.title,
        "主分类号": classes[0],
        "分类号": "; ".join(classes),
        "分案原申请号": "",
        "优先权": "",
        "申请（专利权）人": ";".join(patent.applicants),
        "发明（设计）人": ";".join(patent.inventors),
        "地址": f"{_POSTCODE} {patent.address}",
        "颁证日": _dotted_day(life.granted_on),
        "专利代理机构": _AGENCIES[len(patent.title) % len(_AGENCIES)],
        "摘要": patent.abstract,
        "主权项": patent.first_claim or "",
        "光盘号": "",
        "一案双申": patent.twin_number or "",
        "法律状态": _GAZETTE_WORDS[life.status],
        "检索日期": _dotted_day(_CREATED.date()),
        "质权人": _counterparty(patent, "质押"),
        "被许可人": _counterparty(patent, "许可"),
    }


def _patsnap(path: Path, patents: Sequence[SamplePatent]) -> Path:
    return _workbook(path, [_patsnap_row(patent) for patent in patents])


def _patsnap_row(patent: SamplePatent) -> dict[str, str | int]:
    life = patent.life
    return {
        "公开(公告)号": life.publication_number,
        "标题": patent.title,
        "摘要": patent.abstract,
        "申请日": life.filed_on.isoformat(),
        "公开(公告)日": (life.granted_on or life.published_on or life.filed_on).isoformat(),
        "申请号": f"CN{life.application_number}",
        "专利类型": _document_kind(patent),
        "[标]当前申请(专利权)人": " | ".join(patent.holders),
        "[标]原始申请(专利权)人": " | ".join(patent.applicants),
        "当前申请(专利权)人数量": len(patent.holders),
        "当前申请(专利权)人州/省": "广东",
        "发明人": " | ".join(patent.inventors),
        "IPC分类号": " | ".join(patent.classes),
        "IPC主分类号": patent.classes[0],
        "授权日": life.granted_on.isoformat() if life.granted_on else "",
        "简单法律状态": life.validity,
        "法律状态/事件": _PATSNAP_WORDS.get(life.status, life.status),
        "法律事件": _events(patent, " | "),
        "导出日期": _CREATED.date().isoformat(),
        "首项权利要求": patent.first_claim or "",
        "权利要求数量": _claim_count(patent),
        "被引用专利数量": _times_cited(patent),
        "简单同族": " | ".join(_family(patent)),
        "受理局": "中国",
        "申请年": life.filed_on.year,
        "一案双申": patent.twin_number or "",
        "质权人": _counterparty(patent, "质押"),
        "被许可人": _counterparty(patent, "许可"),
        "工商统一社会信用代码": " | ".join(patent.credit_codes),
    }


def _organisations(path: Path, organisations: Iterable[SampleOrganisation]) -> Path:
    rows: list[dict[str, str | int]] = [
        {
            "单位名称": each.name,
            "统一社会信用代码": each.credit_code,
            "单位类型": _ORGANISATION_KINDS[each.kind],
            "镇街（园区）": each.town,
            "国民经济行业": each.industry,
            "企业规模": each.size,
            "荣誉资质": "；".join(each.honours),
            "曾用名": "；".join(each.former_names),
        }
        for each in organisations
    ]
    return _workbook(path, rows)


def _needs(path: Path, city: City) -> Path:
    firms = {each.name: each for each in city.organisations}
    rows: list[dict[str, str | int]] = [
        {
            "需求编号": need.number,
            "需求名称": need.title,
            "需求内容": need.text,
            "企业名称": need.organisation,
            "统一社会信用代码": firms[need.organisation].credit_code,
            "所属行业": firms[need.organisation].industry,
            "镇街": firms[need.organisation].town,
            "预算（元）": need.budget_yuan,
            "提出日期": need.stated_on.isoformat(),
            "截止日期": need.deadline.isoformat(),
        }
        for need in city.needs
    ]
    return _workbook(path, rows)


def _workbook(path: Path, rows: Sequence[dict[str, str | int]], title: str = "") -> Path:
    """One sheet with a heading row, below a merged title row where the vendor writes one."""
    headings = list(rows[0])
    with xlsxwriter.Workbook(str(path), {"strings_to_urls": False, "strings_to_formulas": False}) as book:
        book.set_properties({"created": _CREATED, "comments": "示例数据，全部虚构"})
        sheet: Any = book.add_worksheet("Sheet1")
        bold = book.add_format({"bold": True})
        top = 0
        if title:
            sheet.merge_range(0, 0, 0, len(headings) - 1, title, bold)
            top = 1
        sheet.write_row(top, 0, headings, bold)
        sheet.freeze_panes(top + 1, 0)
        sheet.set_column(0, len(headings) - 1, 18)
        for at, row in enumerate(rows, top + 1):
            for column, value in enumerate(row.values()):
                if value != "":
                    sheet.write(at, column, value)
    return path


def _document_kind(patent: SamplePatent) -> str:
    if patent.kind == "invention":
        return "发明授权" if patent.life.granted_on else "发明申请"
    return _KIND_ZH[patent.kind]


def _chance(patent: SamplePatent, what: str, most: int) -> int:
    """A number from 0 to below ``most``, the same for the same patent on every machine."""
    return zlib.crc32(f"{what}:{patent.key}:{patent.life.application_number}".encode()) % most


def _claim_count(patent: SamplePatent) -> int:
    return 1 if patent.kind == "design" else 4 + _chance(patent, "claims", 7)


def _times_cited(patent: SamplePatent) -> int:
    """Older ones more often, most of them seldom."""
    years = max(0, _CREATED.year - patent.life.filed_on.year)
    return _chance(patent, "cited", 3 + years) * (patent.kind != "design")


def _family(patent: SamplePatent) -> list[str]:
    """Its own publication; of one invention in twelve also an invented one abroad."""
    own = [patent.life.publication_number] if patent.life.publication_number else []
    if patent.kind == "invention" and patent.life.granted_on and _chance(patent, "family", 12) == 0:
        serial = 9_900_000 + _chance(patent, "abroad", 99_999)
        return [*own, f"US{serial}B2"]
    return own


def _events(patent: SamplePatent, separator: str = ";") -> str:
    """What happened and when, oldest first, in the gazette's words."""
    life = patent.life
    happened = [(life.published_on, "公开"), (life.granted_on, "授权")]
    if life.status not in ("公开", "授权"):
        happened.append((life.status_on, _GAZETTE_WORDS[life.status]))
    return separator.join(f"{day:%Y-%m-%d} {words}" for day, words in happened if day)


def _counterparty(patent: SamplePatent, status: str) -> str:
    return (patent.counterparty or "") if patent.life.status == status else ""


def _plain_day(day: date | None) -> str:
    return day.strftime("%Y%m%d") if day else ""


def _dotted_day(day: date | None) -> str:
    return day.strftime("%Y.%m.%d") if day else ""
