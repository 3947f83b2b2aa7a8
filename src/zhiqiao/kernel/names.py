"""Keys and splitting for the names of organisations and people, so that one party is found under all its forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from zhiqiao.kernel.text import clean_line, strip_unseen

_MARKS = re.compile(r"[\W_]+")
_COMPANY_FORMS = re.compile(r"(?:股份有限责任公司|股份有限公司|有限责任公司|有限公司|股份公司)")
_LATIN_FORMS: Final = (
    r"co|ltd|limited|inc|incorporated|corp|corporation|company|llc|llp|plc|gmbh|ag|kg|sa|nv|bv|oy|ab|pte|pty|kk|spa|srl"
)
_LATIN_FORM_WORD = re.compile(rf"\b(?:{_LATIN_FORMS})\b", re.IGNORECASE)
_STARTS_WITH_FORM = re.compile(rf"\s*(?:{_LATIN_FORMS}|s\.a|n\.v|b\.v)\b", re.IGNORECASE)
_ENDS_WITH_FORM = re.compile(rf"\b(?:{_LATIN_FORMS})\.?\s*$", re.IGNORECASE)
_DOTTED_FORM = re.compile(r"\b([a-z])\.([a-z])\.?(?=\s|$|,)", re.IGNORECASE)
_CJK = re.compile(r"[\u3400-\u9fff]")
_CHINESE_NAME = re.compile(r"[\u3400-\u9fff]{2,4}")
_DOTTED_NAME = re.compile(r"[\u3400-\u9fffA-Z]{1,6}(?:[·•・.][\u3400-\u9fffA-Z]{1,8}){1,3}", re.IGNORECASE)
_LATIN_NAME = re.compile(r"(?:[A-Z][a-zA-Z'’-]*\.?,?\s+){1,3}[A-Z][a-zA-Z'’-]*\.?")
_ORGANISATION_END = re.compile(
    r"(?:公司|厂|大学|学院|学校|中学|医院|研究院|研究所|设计院|科学院|集团|中心|银行|协会|学会|合作社|委员会|工作室|商行|"
    r"经营部|门市部|事务所|基地|实验室|车间|电器|科技|电子|实业|股份|局|站|部|社|店|所|队)$"
)
_ORGANISATION_WORD = re.compile(
    rf"\b(?:{_LATIN_FORMS}|university|institute|college|technolog\w*|electronics?|systems?|group|holdings?|"
    r"international|laborator\w+|industr\w+|entertainment|semiconductors?|pharma\w*|hospital|center|centre|"
    r"academy|school|research|motors?|networks?|solutions?|software|products?)\b",
    re.IGNORECASE,
)
_SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛"
    "樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁"
    "冉骆蓝路游辛靳欧阳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席"
    "常洪代厉鹿亓仉盖满公濮赖阚胥邸楚慈贠蒯晋栗慕靖鞠阴修忻狄国平达玄苟焉蒿羊闻劳简惠郁甄应巴鄢逯綦亢牧郗边扈蔺"
    "卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_COMPOUND_SURNAMES: Final = (
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "皇甫",
    "令狐",
    "东方",
    "尉迟",
    "公孙",
    "司徒",
    "慕容",
    "夏侯",
)
_OPENING: Final = "([{（【［〔《<"
_CLOSING: Final = ")]}）】］〕》>"
_HARD: Final = frozenset(";；|｜、，\n\r\t")
_SOFT: Final = frozenset(",/／")


@lru_cache(maxsize=16384)
def organisation_key(name: str) -> str:
    """The key under which all writings of one organisation's name fall together; empty for no name.

    Full width, case, spaces, dots and brackets do not count, nor does the form of a company (有限公司,
    有限责任公司, 股份有限公司; Co., Ltd.). Different bodies may share a key: it finds candidates, a person or
    a credit code decides.
    """
    folded = unicodedata.normalize("NFKC", strip_unseen(name)).casefold()
    latin = _LATIN_FORM_WORD.sub(" ", _DOTTED_FORM.sub(r"\1\2", folded))
    bare = _MARKS.sub("", _COMPANY_FORMS.sub("有限公司", _MARKS.sub("", latin)))
    return bare or _MARKS.sub("", folded)


@lru_cache(maxsize=16384)
def person_key(name: str) -> str:
    """The key of a person's name: full width, case, spaces and dots do not count."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", strip_unseen(name)).casefold())


def split_names(raw: object) -> list[str]:
    """The names in one cell, each cleaned, in their order, without repetitions.

    Cut at ``;；|、,，/`` and line breaks, but not within brackets, not before Ltd. and the like, not in
    "Smith, John", and not in A/S.
    """
    names = (clean_line(piece) for piece in _pieces(_as_text(raw)))
    return list(dict.fromkeys(name for name in names if name))


def _as_text(raw: object) -> str:
    return raw if isinstance(raw, str) else "" if raw is None or raw != raw else str(raw)


def _pieces(text: str) -> Iterator[str]:
    """Pieces between separators; a bracket that never closes does not hide the separators behind it."""
    depth, start = 0, 0
    last_closing = max(text.rfind(sign) for sign in _CLOSING)
    for at, sign in enumerate(text):
        if sign in _OPENING:
            depth += at < last_closing
        elif sign in _CLOSING:
            depth = max(0, depth - 1)
        elif not depth and (sign in _HARD or (sign in _SOFT and _cuts(sign, text[start:at], text[at + 1 :]))):
            yield text[start:at]
            start = at + 1
    yield text[start:]


def _cuts(sign: str, left: str, right: str) -> bool:
    """Whether a comma or slash parts two names, judged by what stands on both sides."""
    if sign in "/／":
        return not (re.search(r"\b[A-Za-z]$", left) and re.match(r"[A-Za-z]\b", right))
    right = re.split(r"[;；|、,，/]", right, maxsplit=1)[0]
    if _CJK.search(left) or _CJK.search(right):
        return True
    if _STARTS_WITH_FORM.match(right):
        return False
    return bool(_ENDS_WITH_FORM.search(left)) or len(left.split()) != 1


def looks_like_person(name: str) -> bool:
    """Whether a name reads like a natural person's; a hint for sorting parties, never a decision."""
    text = unicodedata.normalize("NFKC", clean_line(name))
    joined = text.replace(" ", "")
    if _CHINESE_NAME.fullmatch(joined):
        return _reads_chinese(joined)
    if _ORGANISATION_END.search(joined) or _ORGANISATION_WORD.search(text):
        return False
    return bool(_DOTTED_NAME.fullmatch(joined) and not joined.isascii()) or bool(_LATIN_NAME.fullmatch(text))


def _reads_chinese(name: str) -> bool:
    if len(name) > 2 and _ORGANISATION_END.search(name):
        return False
    if name.startswith(_COMPOUND_SURNAMES):
        return len(name) > 2
    return len(name) <= 3 and name[0] in _SURNAMES
