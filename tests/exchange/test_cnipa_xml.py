"""The patent office's full-text XML of three decades, and XML that means harm."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from zhiqiao.exchange.cells import FileRefused
from zhiqiao.exchange.cnipa_xml import read_document
from zhiqiao.exchange.headings import read_headings
from zhiqiao.exchange.patents import PatentRecord, read_patents
from zhiqiao.exchange.tables import open_tables
from zhiqiao.exchange.vocabularies import PATENTS

DOCUMENT = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE b:PatentDocumentAndRelated SYSTEM "/DTDS/x.dtd"[{entities}]>
<b:PatentDocumentAndRelated xmlns:b="http://business" xmlns:a="http://base" kind="U">
 <b:BibliographicData>
  <b:PublicationReference dataFormat="original"><a:DocumentID><a:WIPOST3Code>CN</a:WIPOST3Code>
   <a:DocNumber>206000001</a:DocNumber><a:Kind>U</a:Kind><a:Date>20170801</a:Date></a:DocumentID></b:PublicationReference>
  <b:ApplicationReference dataFormat="standard"><a:DocumentID><a:DocNumber>102019021897980</a:DocNumber>
   </a:DocumentID></b:ApplicationReference>
  <b:ApplicationReference dataFormat="original"><a:DocumentID><a:DocNumber>201921898050.0</a:DocNumber>
   <a:Date>20191106</a:Date></a:DocumentID></b:ApplicationReference>
  <b:InventionTitle>一种示例{title}装置</b:InventionTitle>
  <b:Parties><b:ApplicantDetails><b:Applicant><a:AddressBook><a:Name>示例有限公司</a:Name>
   <a:Address><a:PostCode>0</a:PostCode><a:Text>0</a:Text></a:Address></a:AddressBook></b:Applicant>
   <b:Applicant><a:AddressBook><a:OrganizationName>示例大学</a:OrganizationName></a:AddressBook></b:Applicant>
  </b:ApplicantDetails></b:Parties>
 </b:BibliographicData>
 <b:Claims><b:Claim><b:ClaimText>1.一种装置，其特征在于H<a:Sub>2</a:Sub>O。</b:ClaimText></b:Claim></b:Claims>
</b:PatentDocumentAndRelated>
"""


def _record(path: Path) -> PatentRecord:
    [table] = open_tables(path)
    mapping, body = read_headings(table, PATENTS)
    assert (mapping.dialect, mapping.unmapped) == ("cnipa_xml", ())
    [row] = read_patents(body, mapping)
    assert row.record is not None
    return row.record


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "CN101985000000312CN00000851003120AFULZH19870204CN00Z.XML",
            {
                "number": "851003125",
                "check_filled": True,
                "filed_on": date(1985, 4, 1),
                "published_on": date(1987, 2, 4),
                "publication_number": "CN85100312A",
                "main_class": "B03C3/09",
                "classes": ("B03C3/09", "F28F1/38", "F28G1/02"),
                "applicants": ("东北工学院",),
                "inventors": ("于纯让",),
                "agency": "东北工学院专利事务所",
                "agents": ("崔德河",),
                "postcode": None,
                "status_as_of": date(1987, 2, 4),
            },
        ),
        (
            "CN102010000298420CN00001019453140BFULZH20190802CN00D.XML",
            {
                "number": "2010102984204",
                "filed_on": date(2010, 10, 2),
                "publication_number": "CN101945314A",
                "published_on": date(2011, 1, 12),
                "grant_number": "CN101945314B",
                "granted_on": date(2019, 8, 2),
                "main_class": "G06F13/12",
                "holders": ("广州市智专信息科技有限公司",),
                "cited": ("CN1719946A",),
                "postcode": "510000",
            },
        ),
        (
            "CN102019000302430CN00001100838310AFULZH20190802CN00G.XML",
            {
                "number": "2019103024301",
                "publication_number": "CN110083831A",
                "grant_number": None,
                "inventors": ("董文永", "杨飘"),
                "agency": "武汉科皓知识产权代理事务所(特殊普通合伙)",
                "agents": ("鲁力",),
                "address": "湖北省武汉市武昌区珞珈山武汉大学",
                "classes": ("G06F17/27",),
            },
        ),
    ],
)
def test_three_decades_of_full_text_are_read(name: str, expected: dict[str, object], shared_data: Path) -> None:
    record = _record(shared_data / "exports" / "cnipa_xml" / name)
    assert {field: getattr(record, field) for field in expected} == expected
    assert record.abstract
    assert record.first_claim is not None
    assert record.first_claim.startswith("1")
    assert record.claims is not None
    assert record.claims.startswith(record.first_claim)


def test_the_printed_numbers_are_taken_and_noughts_are_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_text(DOCUMENT.format(entities="", title=""), encoding="utf-8")
    document = read_document(path)
    assert (document.number, document.publication) == ("201921898050.0", "CN206000001U")
    assert (document.applicants, document.address, document.postcode) == ("示例有限公司;示例大学", "", "")
    assert document.first_claim == "1.一种装置，其特征在于H2O。"


@pytest.mark.parametrize(
    "entities",
    ['<!ENTITY x SYSTEM "file:///etc/hostname">', '<!ENTITY a "aaaaaaaaaa"><!ENTITY x "&a;&a;&a;&a;">'],
    ids=["external", "nested"],
)
def test_entities_are_refused(entities: str, tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_text(DOCUMENT.format(entities=entities, title="&x;"), encoding="utf-8")
    with pytest.raises(FileRefused, match="xml_unreadable"):
        read_document(path)
