"""Read the patent office's full-text XML (one publication a file; schemas seen from 1987 to 2019).

Each document becomes a table of one row under the usual Chinese headings, so that mapping, problems
and reports work for it as for any spreadsheet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from zhiqiao.exchange.archives import Limits
from zhiqiao.exchange.cells import FileRefused, NumberedRow, Table

HEADINGS = (
    "申请号",
    "申请日",
    "公开(公告)号",
    "公开(公告)日",
    "申请公布号",
    "申请公布日",
    "发明名称",
    "摘要",
    "首项权利要求",
    "权利要求书",
    "申请人",
    "当前权利人",
    "发明人",
    "IPC主分类号",
    "IPC分类号",
    "代理机构",
    "代理人",
    "地址",
    "邮编",
    "引证专利",
    "审查员",
)
_ROOTS = frozenset({"PatentDocumentAndRelated", "PatentDocument"})
_KEPT = frozenset({"BibliographicData", "Abstract", "Claims"})
# The schema fills unknown address parts with a nought.
_EMPTY = frozenset({"", "0"})


@dataclass(frozen=True, slots=True)
class CnipaDocument:
    """One publication as printed; the order of fields is that of HEADINGS. Several values joined by ``;``."""

    number: str = ""
    filed: str = ""
    publication: str = ""
    published: str = ""
    first_publication: str = ""
    first_published: str = ""
    title: str = ""
    abstract: str = ""
    first_claim: str = ""
    claims: str = ""
    applicants: str = ""
    holders: str = ""
    inventors: str = ""
    main_class: str = ""
    classes: str = ""
    agency: str = ""
    agents: str = ""
    address: str = ""
    postcode: str = ""
    cited: str = ""
    examiner: str = ""


@dataclass(slots=True)
class _Parts:
    root: str = ""
    found: dict[str, Element] = field(default_factory=dict)


def open_xml(path: Path, shown: str, _limits: Limits) -> Iterator[Table]:
    """One table of one row. Raises FileRefused: xml_unreadable, xml_unknown."""
    document = read_document(path, shown)
    rows: list[NumberedRow] = [(1, HEADINGS), (2, astuple(document))]
    yield Table(file=shown, sheet=None, format="cnipa_xml", rows=iter(rows))


def read_document(path: Path, shown: str | None = None) -> CnipaDocument:
    """The bibliographic part, abstract and claims; the description is parsed past, never held."""
    name = shown or path.name
    parts = _parse(path, name)
    bibliography = parts.found.get("BibliographicData")
    if parts.root not in _ROOTS or bibliography is None:
        raise FileRefused("xml_unknown", file=name, root=parts.root)
    claims = _claims(parts.found.get("Claims"))
    number, _, filed = _document_id(bibliography, "ApplicationReference")
    publication, kind, published = _document_id(bibliography, "PublicationReference")
    classes = _classes(bibliography)
    return CnipaDocument(
        number=number,
        filed=filed,
        publication=f"CN{publication}{kind}" if publication else "",
        published=published,
        **_earlier_publication(bibliography),
        title=_text(_first(bibliography, "InventionTitle")),
        abstract=_paragraphs(parts.found.get("Abstract")),
        first_claim=claims[0] if claims else "",
        claims="\n".join(claims),
        **_parties(bibliography),
        main_class=classes[0] if classes else "",
        classes=";".join(dict.fromkeys(classes)),
        cited=_cited(bibliography),
    )


def _parse(path: Path, shown: str) -> _Parts:
    parts = _Parts()
    depth = 0
    try:
        with path.open("rb") as stream:
            for event, node in iterparse(stream, events=("start", "end")):
                depth += 1 if event == "start" else -1
                name = _name(node)
                if event == "start" and depth == 1:
                    parts.root = name
                elif event == "end" and depth == 1:
                    if name in _KEPT:
                        parts.found.setdefault(name, node)
                    else:
                        node.clear()
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise FileRefused("xml_unreadable", file=shown, detail=str(error)[:200]) from error
    return parts


def _name(node: Element) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _all(node: Element | None, name: str) -> list[Element]:
    return [] if node is None else [child for child in node.iter() if _name(child) == name]


def _first(node: Element | None, name: str) -> Element | None:
    return next(iter(_all(node, name)), None)


def _text(node: Element | None) -> str:
    text = "" if node is None else " ".join("".join(node.itertext()).split())
    return "" if text in _EMPTY else text


def _paragraphs(node: Element | None) -> str:
    found = _all(node, "Paragraphs")
    return "\n".join(filter(None, (_text(each) for each in found))) if found else _text(node)


def _claims(node: Element | None) -> list[str]:
    claims = ("".join(_text(part) for part in _all(claim, "ClaimText")) for claim in _all(node, "Claim"))
    return [claim for claim in claims if claim]


def _original(nodes: list[Element]) -> list[Element]:
    """References stand twice: as printed and in a numbering of the database's own, which nobody else uses."""
    printed = [node for node in nodes if node.get("dataFormat", "original") == "original"]
    return printed or nodes


def _document_id(bibliography: Element, name: str) -> tuple[str, str, str]:
    direct = [child for child in bibliography if _name(child) == name]
    if not direct:
        return "", "", ""
    node = _original(direct)[0]
    return _text(_first(node, "DocNumber")), _text(_first(node, "Kind")), _text(_first(node, "Date"))


def _earlier_publication(bibliography: Element) -> dict[str, str]:
    """A grant names the publication of its application."""
    for node in _all(bibliography, "RelatedPublicationDoc"):
        if number := _text(_first(node, "DocNumber")):
            return {
                "first_publication": f"CN{number}{_text(_first(node, 'Kind'))}",
                "first_published": _text(_first(node, "Date")),
            }
    return {}


def _classes(bibliography: Element) -> list[str]:
    """Main class first. Older documents list symbols, newer ones spell out section to subgroup."""
    printed = _original(_all(bibliography, "MainClassification"))[:1]
    further = [node for node in _all(bibliography, "FurtherClassification") if node.get("dataFormat") != "standard"]
    modern = [_reformed(node) for node in _all(bibliography, "ClassificationIPCR")]
    locarno = [_text(node) for node in _all(bibliography, "LocarnoClassification")]
    return [text for text in [*map(_text, [*printed, *further]), *modern, *locarno] if text]


def _reformed(node: Element) -> str:
    section = "".join(_text(_first(node, part)) for part in ("Section", "MainClass", "Subclass"))
    group = _text(_first(node, "MainGroup"))
    if not section or not group:
        return "".join(_text(_first(node, "Text")).split())
    return f"{section}{group}/{_text(_first(node, 'Subgroup'))}"


def _parties(bibliography: Element) -> dict[str, str]:
    applicants = _all(bibliography, "Applicant")
    agency = _first(bibliography, "Agency")
    address = _first(applicants[0], "Address") if applicants else None
    return {
        "applicants": _joined(applicants),
        "holders": _joined(_all(bibliography, "Assignee")),
        "inventors": _joined(_all(bibliography, "Inventor")),
        "agency": _joined([] if agency is None else [agency]),
        "agents": _joined(_all(bibliography, "Agent"), past="Agency"),
        "examiner": _joined(_all(bibliography, "Examiner")),
        "address": _text(_first(address, "Text")),
        "postcode": _text(_first(address, "PostCode")),
    }


def _joined(people: list[Element], past: str = "") -> str:
    names = []
    for person in people:
        books = [child for child in person if _name(child) != past]
        names.append(next((name for book in books for name in _book_names(book)), ""))
    return ";".join(filter(None, names))


def _book_names(book: Element) -> list[str]:
    return [text for tag in ("Name", "OrganizationName") for node in _all(book, tag) if (text := _text(node))]


def _cited(bibliography: Element) -> str:
    found = []
    for citation in _all(bibliography, "Citation"):
        reference = _original(_all(citation, "PublicationReference"))[:1]
        for node in reference:
            country = _text(_first(node, "WIPOST3Code"))
            found.append(f"{country}{_text(_first(node, 'DocNumber'))}{_text(_first(node, 'Kind'))}")
    return ";".join(dict.fromkeys(filter(None, found)))
