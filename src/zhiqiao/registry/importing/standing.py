"""Whose patents a sender may write: the bureau everybody's, an institution its own, a platform new public ones.

A list that an institution sends touches nothing that others hold, whether it may see that or not: both are refused in
the same words, so that a refusal tells nothing of what is secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from zhiqiao.core.models import ImportRun
from zhiqiao.kernel.batches import in_batches
from zhiqiao.parties.models import Organisation
from zhiqiao.parties.roles import OrganisationKind
from zhiqiao.registry.importing.change import Change
from zhiqiao.registry.importing.holders import HolderLinker
from zhiqiao.registry.importing.values import BLANK, status_of
from zhiqiao.registry.models import PatentHolder
from zhiqiao.registry.rules import Stage, is_published, latest_filing

NOT_YOURS = "not_yours"


def refused(changes: Sequence[Change], run: ImportRun, linker: HolderLinker, today: date) -> set[str]:
    """Numbers of the patents that the run's organisation may not write. A run without one speaks for the city."""
    if run.organisation_id is None:
        return set()
    kind = Organisation.objects.values_list("kind", flat=True).get(pk=run.organisation_id)
    if kind == OrganisationKind.CENTRE:
        return {each.record.number for each in changes if each.standing is not None or not _shows_public(each, today)}
    held = _held(changes, run.organisation_id)
    return {each.record.number for each in changes if not _is_own(each, run.organisation_id, held, linker)}


def _held(changes: Sequence[Change], organisation: int) -> set[int]:
    """Stored patents that the organisation holds as of now, before the list is taken in."""
    keys = [change.stored["id"] for change in changes if change.stored is not None]
    held: set[int] = set()
    for part in in_batches(keys):
        standing = PatentHolder.objects.filter(patent_id__in=part, standing_id=organisation)
        held.update(standing.values_list("patent_id", flat=True))
    return held


def _is_own(change: Change, organisation: int, held: set[int], linker: HolderLinker) -> bool:
    if change.standing is not None:
        return change.standing["id"] in held
    record = change.record
    named = (linker.find(name) for name in (*record.holders, *record.applicants))
    coded = (linker.find_by_credit_code(code) for code in record.credit_codes)
    return organisation in {*named, *coded}


def _shows_public(change: Change, today: date) -> bool:
    said, found = {**BLANK, **change.said}, status_of(change.record)
    group, phase = (found[0].group, found[0].phase) if found else ("unknown", "")
    filed = said["filed_on"] or latest_filing(change.record.number)
    stage = Stage(
        filed, said["published_on"], said["granted_on"], said["publication_number"], said["grant_number"], group, phase
    )
    return is_published(stage, today)
