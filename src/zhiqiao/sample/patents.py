"""Compose the patents of the sample city from its ideas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from zhiqiao.sample.lifecycle import Life, LifePlan, life_from, live
from zhiqiao.sample.prose import abstract, design_statement, first_claim, is_method
from zhiqiao.sample.seeds import DesignIdea, Idea, designs, ideas, number, pick

# Variants whose utility model has a sister application for an invention of the same day (一案双申, 专利法 9).
_TWINS = frozenset(
    {
        "robot-agv#1",
        "robot-screw#2",
        "mould-eject#1",
        "mould-stamp#4",
        "bat-charge#3",
        "elec-hinge#1",
        "furn-lift#0",
        "furn-edge#1",
        "tex-knitmachine#4",
        "food-fryer#2",
        "led-heat#2",
        "hw-lock#3",
    }
)
# Variants that may be utility models: the rest of what is no method goes for an invention.
_UTILITY_SHARE = 62
_CO_OWNED_SHARE = 16
_FUNDED_SHARE = 38
_SCIENCE = ("university", "institute", "hospital")
# Patents filed before that year name the holder as it was called then.
_RENAMED = {"u1": (2018, 1), "i2": (2019, 0)}
_SURNAMES = "陈林黄梁李何张刘吴邓叶罗钟曾谢卢麦区冼莫"
_GIVEN = "明华强敏杰婷伟芳俊欣健怡浩琳峰燕志嘉永文晓海"
_PROJECTS = (
    ("国家", "国家重点研发计划（示例）", "SL-2019YFB"),
    ("省", "广东省重点领域研发计划（示例）", "SL-2020B01"),
    ("市", "东莞市科技攻关项目（示例）", "SL-DG2021"),
)
_BANKS = ("b1", "b2", "b3", "b4")


class Organisation(Protocol):
    """What composing needs to know of an organisation."""

    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def town(self) -> str: ...
    @property
    def credit_code(self) -> str: ...
    @property
    def former_names(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Funding:
    """``level``: 国家, 省 or 市."""

    level: str
    project: str
    number: str


@dataclass(frozen=True, slots=True)
class SamplePatent:
    """One application of the sample. ``key``: the idea behind it, ``seed#variant``, with ``+twin`` for a sister.

    ``holders`` under their present names, ``applicants`` as printed on filing. ``counterparty``: the pledgee or the
    licensee. ``funding`` None: no public money, or nothing known.
    """

    key: str
    title: str
    kind: str
    classes: tuple[str, ...]
    abstract: str
    first_claim: str | None
    holder_keys: tuple[str, ...]
    holders: tuple[str, ...]
    applicants: tuple[str, ...]
    credit_codes: tuple[str, ...]
    inventors: tuple[str, ...]
    address: str
    life: Life
    twin_number: str | None = None
    counterparty: str | None = None
    funding: Funding | None = None

    @property
    def application_number(self) -> str:
        return self.life.application_number


@dataclass(frozen=True, slots=True)
class _Draft:
    """An idea with its words and class, before it has holders and a life."""

    key: str
    title: str
    kind: str
    owners: tuple[str, ...]
    abstract: str
    first_claim: str | None
    use: str


def compose_patents(organisations: Mapping[str, Organisation], wanted: frozenset[str]) -> tuple[SamplePatent, ...]:
    """All patents in a settled order. ``wanted``: keys of ideas that must still be in force."""
    return tuple(_numbered(organisations, wanted))


def _numbered(organisations: Mapping[str, Organisation], wanted: frozenset[str]) -> Iterator[SamplePatent]:
    serial = 0
    for idea in ideas():
        serial += 1
        patent = _from_idea(idea, serial, organisations, idea.key in wanted)
        if idea.key not in _TWINS:
            yield patent
            continue
        serial += 1
        yield from _twins(idea, patent, serial)
    for design in designs():
        serial += 1
        yield _from_design(design, serial, organisations)


def _kind_of(idea: Idea) -> str:
    if idea.key in _TWINS:
        return "utility_model"
    if is_method(idea) or number(100, idea.key, "kind") >= _UTILITY_SHARE:
        return "invention"
    return "utility_model"


def _from_idea(idea: Idea, serial: int, organisations: Mapping[str, Organisation], wanted: bool) -> SamplePatent:
    kind = _kind_of(idea)
    draft = _Draft(idea.key, idea.title, kind, idea.owners, abstract(idea, kind), first_claim(idea), idea.use)
    owners = _owners(draft, organisations)
    plan = LifePlan(idea.key, kind, serial, idea.since, wanted, owners[0].kind in ("enterprise", "soe"))
    life = live(plan)
    old = idea.old_classes and life.filed_on.year <= idea.old_until
    return _patent(draft, owners, life, (idea.old_classes if old else idea.classes, organisations))


def _from_design(idea: DesignIdea, serial: int, organisations: Mapping[str, Organisation]) -> SamplePatent:
    draft = _Draft(idea.key, idea.title, "design", idea.owners, design_statement(idea), None, idea.use)
    owners = _owners(draft, organisations)
    life = live(LifePlan(idea.key, "design", serial, 2015, held_by_firm=True))
    return _patent(draft, owners, life, ((idea.locarno,), organisations))


def _owners(draft: _Draft, organisations: Mapping[str, Organisation]) -> list[Organisation]:
    at = int(draft.key.rsplit("#", 1)[1]) % len(draft.owners)
    keys = [draft.owners[at]]
    if len(draft.owners) > 1 and number(100, draft.key, "shared") < _CO_OWNED_SHARE:
        keys.append(draft.owners[(at + 1) % len(draft.owners)])
    return [organisations[key] for key in keys]


def _patent(
    draft: _Draft,
    owners: list[Organisation],
    life: Life,
    setting: tuple[tuple[str, ...], Mapping[str, Organisation]],
) -> SamplePatent:
    classes, organisations = setting
    return SamplePatent(
        key=draft.key,
        title=draft.title,
        kind=draft.kind,
        classes=classes,
        abstract=draft.abstract,
        first_claim=draft.first_claim,
        holder_keys=tuple(owner.key for owner in owners),
        holders=tuple(owner.name for owner in owners),
        applicants=tuple(_name_at_filing(owner, life) for owner in owners),
        credit_codes=tuple(owner.credit_code for owner in owners),
        inventors=_inventors(draft.key),
        address=f"广东省东莞市{owners[0].town}示例路{1 + number(199, owners[0].key)}号",
        life=life,
        counterparty=_counterparty(draft.key, life, organisations),
        funding=_funding(draft, owners[0]),
    )


def _name_at_filing(owner: Organisation, life: Life) -> str:
    renamed_in, which = _RENAMED.get(owner.key, (0, 0))
    return owner.former_names[which] if life.filed_on.year < renamed_in else owner.name


def _inventors(key: str) -> tuple[str, ...]:
    """Three to five people of one family of patents; the seed's first inventor leads them all."""
    seed = key.split("#")[0]
    leader = _person(seed, "leader")
    others = (_person(key, at) for at in range(2 + number(3, key, "team")))
    return tuple(dict.fromkeys((leader, *others)))


def _person(*salt: object) -> str:
    mark = pick("示例", *salt, "mark")
    return pick(_SURNAMES, *salt, "surname") + mark + pick(_GIVEN, *salt, "given")


def _counterparty(key: str, life: Life, organisations: Mapping[str, Organisation]) -> str | None:
    if life.status == "质押":
        return organisations[pick(_BANKS, key, "bank")].name
    if life.status == "许可":
        firms = [each for each in organisations.values() if each.kind == "enterprise"]
        return pick(firms, key, "licensee").name
    return None


def _funding(draft: _Draft, owner: Organisation) -> Funding | None:
    if owner.kind not in _SCIENCE or draft.kind == "design":
        return None
    if number(100, draft.key, "funded") >= _FUNDED_SHARE:
        return None
    level, project, prefix = pick(_PROJECTS, draft.key, "project")
    return Funding(level, project, f"{prefix}{number(900, draft.key.split('#')[0]) + 100}")


def _twins(idea: Idea, utility: SamplePatent, serial: int) -> Iterator[SamplePatent]:
    """A utility model and the invention of the same day; once the invention is granted, the model is given up."""
    key = f"{utility.key}+twin"
    plan = LifePlan(key, "invention", serial, idea.since, must_live=True)
    sister_life = life_from(plan, utility.life.filed_on)
    model_life = utility.life
    if sister_life.granted_on is not None and model_life.granted_on is not None:
        model_life = replace(model_life, status="放弃", status_on=sister_life.granted_on)
    elif model_life.granted_on is not None:
        model_life = replace(model_life, status="授权", status_on=model_life.granted_on)
    yield replace(utility, life=model_life, twin_number=sister_life.application_number, counterparty=None)
    title = f"{idea.title}及其使用方法"
    yield replace(
        utility,
        key=key,
        title=title,
        kind="invention",
        life=sister_life,
        twin_number=model_life.application_number,
        counterparty=None,
        abstract=abstract(idea, "invention").replace(idea.title, title, 1),
        first_claim=first_claim(idea).replace(idea.title, title, 1),
    )
