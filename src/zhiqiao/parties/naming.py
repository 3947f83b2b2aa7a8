"""Which organisation is meant by a name or a credit code, and what a name lets one suppose."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from pypinyin import lazy_pinyin
from pypinyin.seg import mmseg

from zhiqiao.core.parts import Parts
from zhiqiao.kernel.names import organisation_key
from zhiqiao.kernel.text import fold_width
from zhiqiao.parties.models import Organisation, OrganisationName
from zhiqiao.parties.roles import OrganisationKind

NAMES: Final = Parts("or")
"""Every name that an organisation has or had, by the name's key and, for present names, its pinyin."""
KEY_LIMIT: Final = 255  # the width of the stored keys
_SIGNS: Final = re.compile(r"[\W_]+")
_CHINESE: Final = re.compile(r"([\u3400-\u9fff〇]+)")

# Endings first, since 大学附属医院 is a hospital and 大学科技园有限公司 a firm; a trailing bracket is left out.
_TRAILING_BRACKET: Final = re.compile(r"\([^()]*\)$")
_KIND_BY_FORM: Final[tuple[tuple[re.Pattern[str], OrganisationKind], ...]] = (
    (
        re.compile(r"(银行|保险|证券|融资担保|信托|基金)[^院所校]*(公司|分行|支行|银行|合伙企业)$"),
        OrganisationKind.BANK,
    ),
    (re.compile(r"(专利|知识产权|商标)[^院]*(事务所|代理|服务|运营)[^院]*(所|公司|企业)$"), OrganisationKind.AGENCY),
    (re.compile(r"(公司|厂|矿|企业|合作社|集团|株式会社)$|^株式会社"), OrganisationKind.ENTERPRISE),
    (re.compile(r"(医院|卫生院|保健院|防治院)$"), OrganisationKind.HOSPITAL),
    (re.compile(r"(研究生院|大学|学院|专科学校|技师学院|职业学校|技工学校)$"), OrganisationKind.UNIVERSITY),
    (re.compile(r"(研究院|研究所|研究中心|实验室|科学院|研究总院|设计院)$"), OrganisationKind.INSTITUTE),
    (re.compile(r"运营中心$"), OrganisationKind.CENTRE),
    (re.compile(r"(局|委员会|人民政府|办公室|分局)$"), OrganisationKind.AUTHORITY),
)
_FOREIGN_FIRM: Final = re.compile(
    r"\b(inc|ltd|llc|corp|corporation|company|gmbh|limited|plc|co|ag|s\.?a|b\.?v|n\.?v|kk|k\.k)\b\.?", re.IGNORECASE
)
_FOREIGN_SCHOOL: Final = re.compile(r"\b(university|universit[àäé]t?|college)\b", re.IGNORECASE)
_ORGANISATION_FORMS: Final = (
    re.compile(
        r"公司|大学|学院|学校|中学|小学|幼儿园|医院|卫生院|保健院|卫生所|诊所|研究|科学院|设计院|工程院|实验室|中心|集团|企业|"
        r"厂|银行|保险|基金|合作社|事务所|经营部|商行|门市部|工作室|协会|学会|联合会|委员会|政府|管理局|供电局|分局|总局|"
        r"公安局|消防|支队|大队|部队|基地|农场|林场|矿|油田|电厂|电站|总站|推广站|监测站|株式|会社|财团|法人"
    ),
    # Persons' names in Chinese characters alone have four at most; longer ones are written with a dot.
    re.compile(r"[\u3400-\u9fff〇]{4,}[院所处站部队社店馆校场局会室园]$"),
    re.compile(r"\b(institute|laborator(y|ies)|foundation|hospital|agency)\b", re.IGNORECASE),
)


@lru_cache(maxsize=4_096)
def sort_key(name: str) -> str:
    """The name's syllables by pinyin, one blank between them; letters and digits stay, in lower case, signs go.

    A reading is chosen by the phrase (长安 is ``chang an``). Cut at the column's width: it only sorts and searches.
    """
    read = (_readings(piece) if at % 2 else piece.lower() for at, piece in enumerate(_CHINESE.split(name)))
    return " ".join(_SIGNS.sub(" ", " ".join(read)).split())[:KEY_LIMIT]


def _readings(chinese: str) -> str:
    return " ".join(_reading(phrase) for phrase in mmseg.seg.cut(chinese))


@lru_cache(maxsize=16_384)
def _reading(phrase: str) -> str:
    """Names are made of few phrases: a phrase read once is five times as fast as each name by itself."""
    return " ".join(lazy_pinyin(phrase))


def initials(name: str) -> str:
    """The first letters of the syllables: 东莞理工 is ``dglg``."""
    return "".join(syllable[0] for syllable in sort_key(name).split())


def suggested_kind(name: str) -> OrganisationKind | None:
    """What kind of body the name lets one suppose; a suggestion for a person, never written by itself over a kind
    that somebody stated. State ownership cannot be read off a name."""
    plain = _TRAILING_BRACKET.sub("", fold_width(name).strip())
    for pattern, kind in _KIND_BY_FORM:
        if pattern.search(plain):
            return kind
    if _FOREIGN_SCHOOL.search(plain):
        return OrganisationKind.UNIVERSITY
    return OrganisationKind.ENTERPRISE if _FOREIGN_FIRM.search(plain) else None


def names_an_organisation(name: str) -> bool:
    """Whether an applicant's name is that of a body and not of a person. Doubt says person: a body can be registered
    later, a person's name must not enter the public register of organisations."""
    return any(form.search(name) for form in _ORGANISATION_FORMS) or suggested_kind(name) is not None


class OrganisationFinder:
    """Every name and credit code of the register, loaded once: finds one organisation in microseconds.

    Present names go before former ones and aliases. A name that means two living organisations finds none: the
    caller asks a person. Whatever an absorbed organisation was called leads to the one that lives on. A finder knows
    the register as of its loading plus what it is told; make a new one for each import.
    """

    def __init__(self) -> None:
        self._present: dict[str, set[int]] = {}
        self._other: dict[str, set[int]] = {}
        self._by_code: dict[str, int] = {}
        self._successor: dict[int, int] = {}
        self._withdrawn: dict[str, int] = {}

    @classmethod
    def load(cls) -> OrganisationFinder:
        finder = cls()
        withdrawn = Organisation.objects.filter(withdrawn_at__isnull=False)
        finder._withdrawn.update(withdrawn.values_list("name_key", "id"))
        columns = ("id", "name_key", "credit_code", "merged_into_id")
        there = Organisation.objects.filter(withdrawn_at=None)
        for key, name_key, code, merged_into in there.values_list(*columns).iterator():
            if merged_into is not None:
                finder._successor[key] = merged_into
            # What an absorbed one was called is no more than another name of its successor.
            names = finder._present if merged_into is None else finder._other
            names.setdefault(name_key, set()).add(key)
            if code:
                finder._by_code[code] = key
        told = OrganisationName.objects.filter(withdrawn_at=None, organisation__withdrawn_at=None)
        others = told.values_list("organisation_id", "name_key")
        for key, name_key in others.iterator():
            finder._other.setdefault(name_key, set()).add(key)
        return finder

    def find(self, name: str) -> int | None:
        """The key of the living organisation of that name; None for unknown and for ambiguous."""
        found = self.candidates(name)
        return next(iter(found)) if len(found) == 1 else None

    def find_by_credit_code(self, code: str | None) -> int | None:
        """``code`` as ``kernel.credit_codes.parse_credit_code`` gives it."""
        found = self._by_code.get(code) if code else None
        return None if found is None else self.living(found)

    def candidates(self, name: str) -> frozenset[int]:
        """All living organisations that bear the name now, or, where none does, that once bore it."""
        key = organisation_key(name)
        if not key:
            return frozenset()
        found = self._present.get(key) or self._other.get(key) or ()
        return frozenset(self.living(each) for each in found)

    def bears(self, key: int, name: str) -> bool:
        """Whether this is the organisation's own present name."""
        return key in self._present.get(organisation_key(name), ())

    def find_withdrawn(self, name: str) -> int | None:
        """A record that was taken back with its import; taken up again rather than made a second time."""
        return self._withdrawn.get(organisation_key(name))

    def living(self, key: int) -> int:
        """Follow merges to the record that lives on."""
        while key in self._successor:
            key = self._successor[key]
        return key

    def add(self, key: int, name: str, credit_code: str | None = None) -> None:
        """Tell of a new organisation, or of one that has a new name or code."""
        name_key = organisation_key(name)
        self._present.setdefault(name_key, set()).add(key)
        self._withdrawn.pop(name_key, None)
        if credit_code:
            self.add_credit_code(key, credit_code)

    def add_credit_code(self, key: int, credit_code: str) -> None:
        self._by_code[credit_code] = key

    def rename(self, key: int, old: str, new: str) -> None:
        old_key = organisation_key(old)
        self._present.get(old_key, set()).discard(key)
        self.add_other_name(key, old)
        self.add(key, new)

    def add_other_name(self, key: int, name: str) -> None:
        self._other.setdefault(organisation_key(name), set()).add(key)
