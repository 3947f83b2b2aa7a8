"""The register of the audit trail."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.keysets import rare_first
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.trailcodes import codes_told
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.columns import Column, Kind
from zhiqiao.kit.filters import Filters, Records, search_box, since, until
from zhiqiao.kit.paging import Sort
from zhiqiao.kit.registers import Register
from zhiqiao.kit.roles import AUDITORS
from zhiqiao.parties.acting import actors_named, with_actors
from zhiqiao.parties.policies import AUDIT as AUDIT_POLICY
from zhiqiao.wording import trail_word


class AuditFilter(Filters):
    q = search_box(_("Action, person or record"))
    since = since(_("Since"), "at__date")
    until = until(_("Until"), "at__date")

    def by_words(self, records: Records, name: str, value: str) -> Records:
        words = value.strip()
        asked = words.lower()
        actions = [code for code in codes_told("action") if asked in code or asked in trail_word(code).lower()]
        by = Q(actor_id__in=[words, *actors_named(words)])
        about = Q(subject_type__in=codes_told("subject_type"), subject_id=words)
        ways = [by, about, *([Q(action__in=actions)] if actions else [])]
        found = [AuditEntry.objects.filter(way).values_list("pk", flat=True) for way in ways]
        return rare_first(records, reduce(or_, ways), *found)


def audit_entries(actor: Actor) -> QuerySet[AuditEntry]:
    return AUDIT_POLICY.visible(actor, AuditEntry.objects.select_related("block").defer("content"))


AUDIT: Register[AuditEntry] = Register(
    name="audit",
    path="audit",
    model=AuditEntry,
    subject="core.audit",
    title=_("Audit trail"),
    one=_("Entry"),
    icon="shield-check",
    group=_("System"),
    lead=_("Every write, by whom and when. Sealed entries are linked into a chain that shows any later change."),
    policy=AUDIT_POLICY,
    records=audit_entries,
    roles=AUDITORS,
    pages=False,
    columns=(
        Column("at", _("When"), lambda e: e.at, Kind.MOMENT),
        Column("who", _("Who"), lambda e: vars(e).get("actor_name", e.actor_id)),
        Column("actor", _("Identity"), lambda e: e.actor_id, shown=False),
        Column("action", _("What was done"), lambda e: e.action, Kind.TAG, words=trail_word),
        Column("code", _("Code of the action"), lambda e: e.action, shown=False),
        Column("record", _("Record"), lambda e: f"{e.subject_type} {e.subject_id}"),
        Column("block", _("Sealed in block"), lambda e: e.block.number if e.block else None, Kind.COUNT),
    ),
    sorts=(Sort("-new", "at", descending=True), Sort("new", "at")),
    filters=AuditFilter,
    attach=with_actors,
)
