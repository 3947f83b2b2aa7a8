"""What each code means to the person whose file it is, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Language = Literal["zh", "en"]

# Code → (Chinese, English). Facts stand in braces; a fact that is not there reads as “…”.
REASONS: dict[str, tuple[str, str]] = {
    # What a sender may write
    "not_yours": (
        "该专利未登记在贵单位名下，不能由贵单位导入；如与事实不符，请联系主管部门",
        "This patent is not registered as yours, so your list cannot change it; ask the bureau if that is wrong",
    ),
    # Files
    "file_missing": ("文件不存在", "There is no such file"),
    "file_empty": ("文件是空的", "The file is empty"),
    "file_encrypted": (
        "文件有密码保护，请去掉密码后再导入",
        "The file is protected by a password; remove it and import again",
    ),
    "file_truncated": ("文件不完整或已损坏，请重新下载或导出", "The file is incomplete or damaged; export it again"),
    "file_unreadable": (
        "文件无法读取，请另存为 .xlsx 后再导入",
        "The file cannot be read; save it as .xlsx and import that",
    ),
    "file_kind_unknown": (
        "不认识的文件类型，请用 .xlsx、.xls、.csv 或国知局 XML",
        "Unknown kind of file; use .xlsx, .xls, .csv or the patent office's XML",
    ),
    "file_is_web_page": (
        "文件其实是网页，里面没有表格",
        "The file is a web page without a table",
    ),
    "encoding_unknown": (
        "文字编码无法识别，请另存为 UTF-8",
        "The text encoding is neither UTF-8, UTF-16 nor GB18030; save as UTF-8",
    ),
    "archive_nested": ("压缩包里还有压缩包，请先解开", "An archive within the archive; unpack it first"),
    "archive_too_large": ("压缩包解开后太大", "The archive is too large once unpacked"),
    "workbook_too_large": ("工作簿解开后太大，请拆分", "The workbook is too large once unpacked; split it"),
    "sheet_too_wide": (
        "表格范围太大：{cell} 那么远的地方还有内容，请删去后再导入",
        "The sheet spans too much: there is a stray value as far away as {cell}; delete it",
    ),
    "sheet_empty": ("工作表是空的，请确认清单所在的工作表", "The sheet is empty; check which sheet holds the list"),
    "heading_missing": (
        "没有找到表头行：没有一行含有能识别的列名，请补上表头后再导入",
        "No heading row: no row names a column that is known; add one and import again",
    ),
    "quote_unclosed": (
        "从这一行起引号没有闭合，后面的内容无法分行",
        "A quotation mark is left open from this row on; what follows cannot be told apart",
    ),
    "cell_too_long": ("单元格太长，无法继续读取", "A cell is too long to go on reading"),
    "xml_unreadable": ("XML 不完整或不安全", "The XML is incomplete or unsafe"),
    "xml_unknown": ("不是国知局专利全文 XML", "Not full-text XML of the patent office"),
    # Notes on files and rows that are no rows of the list
    "rows_hidden": ("有 {count} 行隐藏行，已一并读取", "{count} hidden rows were read too"),
    "sheet_hidden": ("隐藏的工作表，已一并读取", "The hidden sheet was read too"),
    "row_blank": ("空行", "Blank row"),
    "row_total": ("合计行", "Row of totals"),
    "row_footer": ("表尾说明", "Note below the list"),
    "heading_repeated": ("重复的表头", "The headings repeated"),
    "row_merged": ("与同一清单中的另一行是同一条记录，已合并", "Merged into another row about the same record"),
    "encumbrance_found": (
        "载有许可、质押、保全或无效争议，已记入权利负担台账",
        "It tells of a licence, pledge, preservation or dispute; noted in the ledger of what binds the patent",
    ),
    "older_kept": (
        "已有截止日更新的内容，未采用这里较旧的说法",
        "A newer list says otherwise; what this older one says was not taken",
    ),
    "older_status_kept": (
        "已有更新的法律状态，未采用这里较旧的状态",
        "A newer legal status is known; the older one here was not taken",
    ),
    # Rows and cells
    "row_unreadable": ("该行无法读取", "The row cannot be read"),
    "cells_beyond_headings": (
        "表头之外（第 {columns} 列以后）还有内容，可能是分隔符错位",
        "There are values beyond the {columns} headed columns; the cells may have shifted",
    ),
    "cell_error": ("单元格是公式错误", "The cell holds a formula error"),
    "cell_format": ("内容与列名不符", "The cell does not hold what its heading says"),
    "text_damaged": ("文字有乱码", "The text is damaged"),
    "text_too_long": ("文字超过 {limit} 个字符", "The text has more than {limit} characters"),
    "digits_lost": (
        "数字太长，末几位已被表格软件改掉；请把该列设为文本后重新填写",
        "The number is so long that the spreadsheet has changed its last digits; make the column text and type it anew",
    ),
    "cells_refused": ("{zh}", "{en}"),
    "rule_refused": ("{zh}", "{en}"),
    "record_doubled": ("已有相同的记录，不能重复登记", "There is such a record already"),
    "count_format": ("不是个数", "Not a count"),
    "postcode_format": ("不是六位邮政编码", "Not a postcode of six digits"),
    "phone_scientific": (
        "电话被表格软件改成了科学计数法，数字已丢失",
        "The telephone number was turned into E notation; its digits are lost",
    ),
    # Application numbers
    "number_missing": (
        "没有申请号；请在导出时加上申请号一列",
        "No application number; add that column to the export",
    ),
    "number_empty": ("申请号为空", "The application number is empty"),
    "number_format": ("不是中国专利申请号", "Not a Chinese application number"),
    "number_check_digit": (
        "申请号校验位不对：写的是 {given}，应为 {expected}",
        "Wrong check digit: {given} given, {expected} expected",
    ),
    "number_kind": ("申请号的种类位 {kind_digit} 不存在", "There is no kind of patent {kind_digit}"),
    "number_year": ("申请号的年份 {year} 不可能", "The year {year} in the number is impossible"),
    "number_scientific": (
        "申请号被表格软件改成了科学计数法，数字已丢失；请把该列设为文本后重新导出",
        "The number was turned into E notation and its digits are lost; export the column as text",
    ),
    "number_foreign": ("不是中国的申请号", "A foreign application number"),
    "number_publication": (
        "这是公开（公告）号，不是申请号",
        "This is a publication number, not an application number",
    ),
    "numbers_disagree": (
        "两处申请号不一致：{first} 与 {second}",
        "Two application numbers disagree: {first} and {second}",
    ),
    "check_digit_filled": (
        "申请号缺校验位，已补为 {number}",
        "The check digit was missing and was filled in: {number}",
    ),
    # Publication numbers, classes, dates
    "publication_empty": ("公开（公告）号为空", "The publication number is empty"),
    "publication_format": ("不是中国的公开（公告）号", "Not a Chinese publication number"),
    "publication_kind": ("公开（公告）号的字母与数字不符", "Letter and digits of the publication number disagree"),
    "publication_foreign": ("不是中国的公开（公告）号", "A foreign publication number"),
    "publication_application": (
        "这是申请号，不是公开（公告）号",
        "This is an application number, not a publication number",
    ),
    "publication_kind_disagrees": (
        "公开（公告）号与申请号不是同一种专利",
        "Publication number and application number are of different kinds",
    ),
    "class_empty": ("分类号为空", "The class is empty"),
    "class_format": ("分类号无法识别", "Not a symbol of the classification"),
    "date_empty": ("日期为空", "The date is empty"),
    "date_format": ("日期无法识别", "Not a date"),
    "date_range": ("没有这一天，或年份不可能", "There is no such day, or the year is impossible"),
    "date_ambiguous": (
        "日期有两种读法，请写成 2021-03-05 的样子",
        "The date can be read in two ways; write it as 2021-03-05",
    ),
    "date_imprecise": ("日期只有年或月，没有日", "The date has no day"),
    "date_future": ("日期 {day} 在将来", "The date {day} is yet to come"),
    "filed_on_disagrees": (
        "申请日 {filed_on} 与申请号的年份 {year_in_number} 不符",
        "The filing date {filed_on} does not fit the year {year_in_number} in the number",
    ),
    "filed_on_after_number": (
        "申请日 {filed_on} 晚于申请号的年份 {year_in_number}，已保留",
        "The filing date {filed_on} lies after the year {year_in_number} in the number; kept",
    ),
    "kind_disagrees": (
        "专利类型与申请号不符，以申请号为准",
        "The kind of patent disagrees with the number, which was followed",
    ),
    "status_unknown": (
        "法律状态的写法不认识，原文已保留",
        "The words for the legal status are not known; kept as written",
    ),
    # Money
    "money_empty": ("金额为空", "The amount is empty"),
    "money_format": ("不是金额", "Not an amount"),
    "money_currency": ("不是人民币金额", "Not an amount in yuan"),
    "money_negative": ("金额为负", "The amount is negative"),
    "money_precision": ("金额精确到分以下", "The amount has parts of a cent"),
    "money_range": ("金额过大，可能单位有误", "The amount is too large; the unit may be wrong"),
    "money_unit_unconfirmed": (
        "金额的单位（元/万元）没有写明，请确认后再导入",
        "The unit (元 or 万元) is not stated; confirm it and import again",
    ),
    "money_shares": ("份额无法分摊", "The shares cannot be split"),
    "unit_unknown": ("不认识的金额单位 {unit}", "Unknown unit {unit}"),
    # Organisations and needs
    "name_missing": ("没有单位名称", "No name"),
    "patent_title_missing": ("没有专利名称，已照样导入；请补上名称", "No title; taken in all the same, add one"),
    "title_missing": ("没有需求名称，也没有内容", "Neither a title nor contents"),
    "organisation_conflict": (
        "信用代码与单位名称指向不同的单位，请核对",
        "Credit code and name belong to different organisations; look at both",
    ),
    "organisation_ambiguous": (
        "这个名称对应多家单位，请补上统一社会信用代码",
        "Several organisations bear this name; add the credit code",
    ),
    "kind_unknown": ("单位类型的写法不认识，未填入", "Unknown words for the kind of organisation; left out"),
    "town_unknown": ("镇街名称不认识，未填入", "Unknown town; left out"),
    "park_unknown": ("园区名称不认识，未填入", "Unknown park; left out"),
    "former_name_used": (
        "用的是曾用名，已对应到现名的单位",
        "A former name; taken as the organisation of today's name",
    ),
    "credit_code_empty": ("统一社会信用代码为空", "The credit code is empty"),
    "credit_code_format": ("不是统一社会信用代码", "Not a unified social credit code"),
    "credit_code_scientific": (
        "信用代码被表格软件改成了数字，末几位已丢失",
        "The credit code was turned into a number; its last digits are lost",
    ),
    "credit_code_check_digit": (
        "信用代码校验位不对：写的是 {given}，应为 {expected}",
        "Wrong check character: {given} given, {expected} expected",
    ),
    "organisation_code_format": ("不是组织机构代码", "Not an organisation code"),
    "organisation_code_check_digit": ("组织机构代码校验位不对", "Wrong check digit of the organisation code"),
    # Rules of the kernel that no import meets, worded here so that one table has them all
    "patent_kind_unknown": ("不认识的专利类型", "Unknown kind of patent"),
    "period_length": ("期限长度不对", "Not a length of a period"),
    "day_before_filing": ("日期早于申请日", "The day lies before the filing date"),
    "compensation_days": ("期限补偿天数不对", "Not a number of days of compensation"),
    "fee_not_owed": ("这一年度不收年费", "No annual fee is owed for that year"),
    "fee_not_scheduled": ("费率表里没有这一年度", "The fee schedule has no such year"),
    "transition_not_allowed": ("现在的状态不允许这样做", "The present state does not allow this"),
    "transition_table_broken": ("状态表有误", "The table of states is broken"),
    "invalid": ("内容不合规则", "The value breaks a rule"),
    "conflict": ("记录已不在所需的状态", "The record is no longer in the state that this needs"),
    "forbidden": ("没有这样做的权限", "You may not do this"),
    "not_found": ("没有找到", "Not found"),
    "unavailable": ("暂时无法进行，请稍后再试", "Not available now; try again later"),
    "error": ("出错", "An error"),
}


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def reason_text(code: str, facts: Mapping[str, Any] | None = None, language: Language = "zh") -> str:
    """The sentence for a code; a code that is not in the table is shown as it is. Facts named as the languages are
    sentences themselves."""
    worded = REASONS.get(code)
    if worded is None:
        return code
    return worded[0 if language == "zh" else 1].format_map(_Facts(facts or {}))
