"""A set of dirty exports of 2018–2026 in the vendors' dialects: deterministic, every patent and party invented."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.exchange.drafts import Export, Sheet, patent, write_text, write_xls, write_xlsx


def _words(*lines: str) -> list[str]:
    return " ".join(lines).split()


CNIPR = _words(
    "申请号 公开（公告）号 公开（公告）日 申请日 专利号 名称 主分类号 分类号 分案原申请号 优先权",
    "申请（专利权）人 发明（设计）人 地址 颁证日 国际申请 国际公布 进入国家日期 专利代理机构 代理人 摘要",
    "主权项 参考文献 审查员 光盘号 PCT公开",
)
PSS = _words(
    "IPC分类号 公开（公告）号 优先权号 文献唯一标识 发明名称 文献状态 公开（公告）日 优先权日",
    "申请人/专利权人所在国代码 文献标识 发明人 代理机构 地址 代理人 国家 申请（专利权）人 邮编 申请日",
    "申请号",
)
PLAIN = ("专利名称", "申请号", "申请人", "申请日", "主分类号", "摘要")


def cnipr_2018(folder: Path) -> Export:
    """.xls of two sheets and an empty one: export date in a title, dotted dates, versions behind classes."""
    sheets = []
    for page in (1, 2):
        sheet = Sheet(f"第{page}页").put("专利检索结果", "", "导出日期：2018-06-30").put().put(*CNIPR)
        for serial in range(page * 10, page * 10 + 5):
            each = patent(2013, serial)
            grant = f"CN10{serial:07d}B"
            sheet.good(
                each,
                f"CN{each.dotted}",
                grant,
                "2016.03.30",
                "2013.01.02",
                f"ZL{each.dotted}",
                each.title,
                "E01B3/32(2006.01)I",
                "E01B3/32(2006.01)I;B29C45/17(2006.01)N",
                "",
                "",
                "示例大学;示例机械有限公司",
                "张示；李例",
                "523000 广东省东莞市示例路1号",
                "2016.03.30",
                "",
                "",
                "",
                "示例专利代理事务所 44000",
                "王示",
                "摘要",
                "1.一种装置。",
                "CN101000001A",
                "",
                "",
                "",
                number=each.key,
                filed_on=date(2013, 1, 2),
                main_class="E01B3/32",
                classes=("E01B3/32", "B29C45/17"),
                applicants=("示例大学", "示例机械有限公司"),
                inventors=("张示", "李例"),
                grant_number=grant,
                granted_on=date(2016, 3, 30),
                published_on=None,
                status_as_of=date(2018, 6, 30),
                status_as_of_source="stated",
                cited=("CN101000001A",),
            )
        sheet.skip("heading_repeated", *CNIPR)
        sheet.skip("row_total", "合计", "", 5.0)
        sheets.append(sheet)
    path = folder / "cnipr.xls"
    write_xls(path, [*sheets, Sheet("Sheet3")])
    return Export(path, sheets, "cnipr")


def search_2019(folder: Path) -> Export:
    """GB18030 .csv with a date per row for the status, and one date column for two kinds of publication."""
    sheet = Sheet().put(
        "专利类型",
        "专利名称",
        "法律状态",
        "法律状态最后修改日期",
        "申请公布日/授权公告日",
        "申请号",
        "申请日",
        "申请人/专利权人",
        "发明人",
    )
    model, invention = patent(2017, 31, kind=2), patent(2017, 32)
    sheet.good(
        model,
        "实用新型",
        model.title,
        "授权",
        "20190214",
        "20180302",
        f"CN{model.key}",
        "20170601",
        "示例电子厂",
        "陈示、林例",
        status="授权",
        status_as_of=date(2019, 2, 14),
        status_as_of_source="row",
        granted_on=date(2018, 3, 2),
        inventors=("陈示", "林例"),
        filed_on=date(2017, 6, 1),
    )
    sheet.good(
        invention,
        "发明专利",
        invention.title,
        "实质审查的生效",
        "20190301",
        "20180402",
        invention.dotted,
        "20170602",
        "示例大学",
        "陈示",
        published_on=None,
        granted_on=None,
        extra={"公开(公告)日": "2018-04-02"},
    )
    sheet.bad(
        "number_check_digit",
        "发明专利",
        "一种示例",
        "授权",
        "20190301",
        "",
        "CN201710000031.1",
        "20170602",
        "示例大学",
        "",
    )
    sheet.skip("row_blank")
    sheet.skip("row_total", "总计", "3件")
    path = folder / "search_2019.csv"
    write_text(path, sheet, "gb18030")
    return Export(path, [sheet], "cnipa_search")


def pss_2020(folder: Path) -> Export:
    """UTF-16, tabs, as Excel's “Unicode text”; the application and the grant of one patent as two rows."""
    sheet = Sheet().put(*PSS)
    each = patent(2015, 41)
    for number, day, kind in (("CN105000041A", "2015.11.25", "A"), ("CN105000041B", "2018.05.08", "B")):
        said: dict[str, Any] = (
            {"published_on": date(2015, 11, 25), "publication_number": number}
            if kind == "A"
            else {"granted_on": date(2018, 5, 8), "grant_number": number}
        )
        sheet.good(
            each,
            "G01L3/00|G01L1/22",
            number,
            "",
            f"P{number}",
            each.title,
            "",
            day,
            "",
            "CN",
            number,
            "赵示 | 钱例",
            "示例代理",
            "510000 广东省广州市",
            "孙示",
            "中国",
            "示例学院" if kind == "A" else "示例大学",
            "510000",
            "2015.06.01",
            f"CN{each.dotted}",
            classes=("G01L3/00", "G01L1/22"),
            inventors=("赵示", "钱例"),
            postcode="510000",
            **said,
        )
    path = folder / "pss.txt"
    write_text(path, sheet, "utf-16", "\t")
    return Export(path, [sheet], "cnipa_pss")


def office_2021(folder: Path) -> Export:
    """What an office typed together: floats, E notation, lost digits, serials, hidden rows, totals in between."""
    sheet = Sheet("专利清单").put("某某单位专利清单（示例）").put("制表：示例").put(*PLAIN)
    x_digit = next(each for each in (patent(2019, n) for n in range(500, 600)) if each.key.endswith("X"))
    nought = next(each for each in (patent(2019, n) for n in range(600, 700)) if each.key.endswith("0"))
    other = next(each for each in (patent(2019, n) for n in range(700, 800)) if each.key[-1] not in "0X")

    def row(number: object, day: object = "2019-05-05", name: str = "示例研究院") -> tuple[object, ...]:
        return ("一种示例装置", number, name, day, "B23Q1/01", "摘要")

    sheet.good(other, *row(float(other.dotted)), check_filled=False, filed_on=date(2019, 5, 5))
    sheet.good(other, *row(float(other.key)), check_filled=False)
    sheet.good(nought, *row(float(nought.body)), check_filled=False)
    sheet.good(x_digit, *row(float(x_digit.body)), check_filled=True, warnings=("check_digit_filled",))
    sheet.hide_last()
    sheet.good(x_digit, *row(f"{x_digit.body}.x"), check_filled=False)
    sheet.bad("number_scientific", *row("2.02E+12"))
    sheet.bad("number_scientific", *row("2.01911E+11"))
    sheet.hide_last()
    sheet.bad("number_missing", *row("/"))
    sheet.bad("number_format", *row("待申请"))
    sheet.skip("row_total", "小计", "", "", "", "", "")
    sheet.good(other, *row(other.dotted, 43590), filed_on=date(2019, 5, 5))
    sheet.good(other, *row(other.dotted, date(2019, 5, 5)), filed_on=date(2019, 5, 5))
    sheet.good(other, *row(other.dotted, 2019.5), filed_on=None, warnings=("date_imprecise",))
    sheet.good(other, *row(other.dotted, 2019.1), filed_on=None, warnings=("date_ambiguous",))
    sheet.good(other, *row(other.dotted, "2013.01.02"), filed_on=date(2013, 1, 2))
    sheet.good(other, *row(other.dotted, "不详"), filed_on=None, warnings=("date_format",))
    sheet.good(other, *row(other.dotted, "2023-05-05"), filed_on=None, warnings=("filed_on_disagrees",))
    sheet.good(other, *row("ＺＬ" + other.dotted.replace(".", "．")), number=other.key)
    sheet.skip("row_footer", "注：以上为示例数据")
    path = folder / "专利清单_20210305.xlsx"
    write_xlsx(path, [sheet])
    return Export(path, [sheet])


def parts_2022(folder: Path) -> Export:
    """A vendor's zip of 10 000-row parts, the names in GBK as old packers wrote them."""
    sheets = []
    path = folder / "导出_2022.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, size in ((1, 10_000), (2, 250)):
            sheet = Sheet().put(*PLAIN)
            for serial in range(part * 100_000, part * 100_000 + size):
                each = patent(2021, serial, kind=2)
                sheet.good(each, each.title, f"CN{each.dotted}", "示例科技有限公司", "2021-08-01", "H01R13/02", "摘要")
            member = folder / f"part{part}.csv"
            write_text(member, sheet, "utf-8-sig")
            archive.write(member, f"导出/第{part}部分.csv")
            member.unlink()
            sheets.append(sheet)
    return Export(path, sheets)


def patsnap_2023(folder: Path) -> Export:
    """“ | ” between values, [标] before headings, the coarse status beside the list of events."""
    sheet = Sheet("sheet1").put(
        "公开(公告)号",
        "标题",
        "标题(译)(简体中文)",
        "申请日",
        "公开(公告)日",
        "申请号",
        "专利类型",
        "[标]当前申请(专利权)人",
        "[标]原始申请(专利权)人",
        "发明人",
        "IPC分类号",
        "简单法律状态",
        "法律状态/事件",
        "工商统一社会信用代码",
        "Patsnap专利标题",
    )
    each = patent(2020, 61)
    sheet.good(
        each,
        "CN112000061B",
        each.title,
        "",
        "2020-09-01",
        "2022-07-15",
        f"CN{each.dotted}",
        "授权发明",
        "示例新材料有限公司",
        "示例学院 | 示例新材料有限公司",
        "周示 | 吴例",
        "H01M50/40 | H01M10/052",
        "有效",
        "授权 | 权利转移",
        "91441900MA5TE8T058",
        "题",
        holders=("示例新材料有限公司",),
        applicants=("示例学院", "示例新材料有限公司"),
        status_simple="有效",
        credit_codes=("91441900MA5TE8T058",),
        granted_on=date(2022, 7, 15),
        extra={"Patsnap专利标题": "题"},
    )
    dead = patent(2020, 62)
    sheet.good(
        dead,
        "CN112000062A",
        dead.title,
        "",
        "2020-09-01",
        "2021-01-15",
        dead.dotted,
        "发明申请",
        "示例学院",
        "示例学院",
        "周示",
        "A47B",
        "失效",
        "撤回",
        "91441900MA5TE8T059",
        "",
        credit_codes=(),
        publication_number="CN112000062A",
        warnings=("credit_code_check_digit",),
    )
    path = folder / "patsnap_2023.xlsx"
    write_xlsx(path, [sheet])
    return Export(path, [sheet], "patsnap")


def google_2024(folder: Path) -> Export:
    """A first line that is no row, and publication numbers only: nothing to know a patent by."""
    sheet = Sheet().put("search URL:", "https://patents.google.com/?q=example")
    sheet.put(
        "id",
        "title",
        "assignee",
        "inventor/author",
        "priority date",
        "filing/creation date",
        "publication date",
        "grant date",
        "result link",
        "representative figure link",
    )
    sheet.bad(
        "number_missing",
        "CN-112000071-B",
        "Example",
        "示例大学",
        "A",
        "2020-01-01",
        "2020-01-01",
        "2021-01-01",
        "",
        "u",
        "",
    )
    path = folder / "gp-search-20240501-101010.csv"
    write_text(path, sheet, "utf-8")
    return Export(path, [sheet], "google_patents")


def inventory_2025(folder: Path) -> Export:
    """A form with headings over two merged rows, marks, breaks, units and an unknown column."""
    sheet = Sheet("盘点表").put("存量专利盘点表（示例）").put("截至2025年3月31日")
    sheet.put(
        "序号",
        "专利信息",
        "",
        "",
        "权利人信息",
        "",
        "*是否财政资助\n（是/否）",
        "转化意愿",
        "预期价格（万元）",
        "年费",
        "幸运数字",
    )
    sheet.put("", "专利 名称", "申请号（必填）", "申请日", "专利权人", "联系电话", "", "", "", "", "")
    each, second = patent(2022, 81), patent(2022, 82)
    sheet.good(
        each,
        1.0,
        each.title,
        each.dotted,
        "2022/3/5",
        "示例大学、示例医院",
        "0769-00000000",
        "是",
        "有",
        12.5,
        900.0,
        "7",
        holders=("示例大学", "示例医院"),
        funding=True,
        money={"expected_price": Decimal("125000.00")},
        declared={"willingness": "有", "phone": "0769-00000000"},
        status_as_of=date(2025, 3, 31),
        warnings=("money_unit_unconfirmed",),
        extra={"序号": "1"},
    )
    sheet.good(
        second,
        2.0,
        second.title,
        second.dotted,
        "2022年3月5日",
        "示例大学",
        "",
        "不详",
        "",
        "面议",
        "900元",
        "",
        funding=None,
        money={"annual_fee": Decimal("900.00")},
        warnings=("money_format",),
        extra={"序号": "2", "财政资助": "不详"},
    )
    sheet.skip("row_total", "合计", 2.0)
    path = folder / "盘点表.xlsx"
    write_xlsx(path, [sheet], merges=((2, 1, 2, 3), (2, 4, 2, 5), (2, 0, 3, 0), (2, 6, 3, 6), (2, 7, 3, 7)))
    return Export(path, [sheet], "inventory", ("幸运数字",))


def english_2026(folder: Path) -> Export:
    sheet = Sheet("Export").put(
        "Application Number",
        "Publication Number",
        "Title",
        "Abstract",
        "Application Date",
        "Publication Date",
        "Current Assignee",
        "Original Assignee",
        "Inventors",
        "IPC",
        "Simple Legal Status",
        "Lucky Number",
    )
    each = patent(2023, 91, kind=3)
    sheet.good(
        each,
        each.dotted,
        "CN308000091S",
        each.title,
        "",
        "2023-05-01",
        "2023-10-03",
        "示例玩具有限公司",
        "示例玩具有限公司",
        "郑示",
        "21-01",
        "Active",
        "7",
        kind="design",
        main_class="21-01",
        granted_on=date(2023, 10, 3),
        grant_number="CN308000091S",
    )
    path = folder / "english.xlsx"
    write_xlsx(path, [sheet])
    return Export(path, [sheet], None, ("Lucky Number",))


def deals_2026(folder: Path) -> Export:
    """Semicolons, no byte order mark, and a price whose unit nobody states."""
    sheet = Sheet().put(
        "专利号", "专利名称", "交易类型", "许可方/转让方", "被许可方/受让方", "成交时间", "价格", "备注"
    )
    each = patent(2018, 95)
    sheet.good(
        each,
        f"ZL{each.dotted}",
        each.title,
        "普通许可",
        "示例大学",
        "示例电子厂",
        "2024-01-05",
        "12",
        "示例",
        money={},
        warnings=("money_unit_unconfirmed",),
        declared={"remarks": "示例"},
    )
    path = folder / "deals.csv"
    write_text(path, sheet, "utf-8", ";")
    return Export(path, [sheet], "deal_records")


EXPORTS: tuple[Callable[[Path], Export], ...] = (
    cnipr_2018,
    search_2019,
    pss_2020,
    office_2021,
    parts_2022,
    patsnap_2023,
    google_2024,
    inventory_2025,
    english_2026,
    deals_2026,
)
