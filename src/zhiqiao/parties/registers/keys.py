"""The register of keys that people's programs sign in with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from zhiqiao.kernel.errors import Forbidden
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.catalogue import registers
from zhiqiao.kit.columns import Column, Kind, choices_of
from zhiqiao.kit.filters import Filters, Records, choice, search_box
from zhiqiao.kit.forms import DayInput, RecordForm, set_choices
from zhiqiao.kit.paging import Sort
from zhiqiao.kit.registers import Create, Move, Register, View, Waits
from zhiqiao.kit.roles import Role
from zhiqiao.parties.actions.keys import LONGEST_LIFE, NewKey, make_key, revoke_key
from zhiqiao.parties.models import ApiKey, KeyState, User
from zhiqiao.parties.policies import KEYS as POLICY
from zhiqiao.parties.scopes import KEYS as REGISTER_OF_KEYS
from zhiqiao.parties.scopes import READ, WRITE, is_scope
from zhiqiao.parties.selectors import keys_visible_to

USUAL_LIFE = timedelta(days=90)
SOON = timedelta(days=14)


class KeyFilter(Filters):
    q = search_box(_("Name, beginning of the key or person"))
    state = choice(_("State"), KeyState.choices, method="by_state")
    soon = choice(_("Ends"), [("soon", _("Within two weeks"))], method="by_end")

    def by_words(self, records: Records, name: str, value: str) -> Records:
        words = value.strip()
        start = words.removeprefix("zq_").partition("_")[0]
        person = Q(owner__display_name__icontains=words)
        return records.filter(person | Q(name__icontains=words) | Q(prefix__startswith=start))

    def by_state(self, records: Records, name: str, value: str) -> Records:
        now = timezone.now()
        states = {
            KeyState.LIVE: Q(revoked_at=None, expires_at__gt=now),
            KeyState.EXPIRED: Q(revoked_at=None, expires_at__lte=now),
            KeyState.REVOKED: Q(revoked_at__isnull=False),
        }
        return records.filter(states[KeyState(value)])

    def by_end(self, records: Records, name: str, value: str) -> Records:
        now = timezone.now()
        return records.filter(revoked_at=None, expires_at__gt=now, expires_at__lte=now + SOON)


class KeyForm(RecordForm):
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("What will use the key, such as the finance office's report."),
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        label=_("What the key may do"), widget=forms.CheckboxSelectMultiple,
        help_text=_("Never more than you may do yourself. Whoever may write may read the same."),
    )  # fmt: skip
    last_day = forms.DateField(
        label=_("Good until"), widget=DayInput(),
        help_text=_("A year at most. A short time is safer: a new key is quickly made."),
    )  # fmt: skip

    def prepare(self) -> None:
        set_choices(self, "scopes", scope_choices(self.actor))
        today = timezone.localdate()
        self.fields["last_day"].initial = today + USUAL_LIFE
        self.fields["last_day"].widget.attrs |= {"min": today.isoformat(), "max": (today + LONGEST_LIFE).isoformat()}


def scope_choices(actor: Actor) -> list[tuple[str, str]]:
    """Everything first, then register by register, those alone that are open to the person."""
    named = [(READ, _now("Read everything")), (WRITE, _now("Read and write everything"))]
    for register in (each for each in registers() if each.open_to(actor)):
        about = {"register": register.title}
        named.append((f"{register.path}:{READ}", _now("%(register)s: read") % about))
        named.append((f"{register.path}:{WRITE}", _now("%(register)s: read and write") % about))
    paths = {register.path for register in registers()}
    return [(scope, words) for scope, words in named if is_scope(scope, paths)]


def make(actor: Actor, said: Mapping[str, Any]) -> ApiKey:
    if actor.user_key is None:
        raise Forbidden(verb="make")
    key = NewKey(said["name"], tuple(said["scopes"]), said["last_day"])
    return make_key(actor=actor, owner=User.objects.get(pk=actor.user_key), key=key)


KEYS: Register[ApiKey] = Register(
    name="key",
    path=REGISTER_OF_KEYS,
    model=ApiKey,
    subject="parties.key",
    title=_("Keys of programs"),
    one=_("Key"),
    icon="key",
    group=_("Programs"),
    lead=_("What your programs sign in with, instead of your password."),
    help=_(
        "A program shows the key with every request and may then do what you may do, within the key's scopes. "
        "The whole key is shown once, when it is made; afterwards only its beginning is known here."
    ),
    empty=_("No program acts for you yet. Make a key for the first one."),
    policy=POLICY,
    records=keys_visible_to,
    named=lambda key: key.name,
    roles=frozenset(Role),
    navigation=frozenset({Role.SYSTEM_ADMIN}),
    columns=(
        Column("name", _("Name"), lambda key: key.name),
        Column("prefix", _("Begins with"), lambda key: f"zq_{key.prefix}", Kind.NUMBER),
        Column("owner", _("Person"), lambda key: key.owner.display_name, roles=frozenset({Role.SYSTEM_ADMIN})),
        Column("scopes", _("May do"), lambda key: key.scopes, Kind.NAMES),
        Column("state", _("State"), lambda key: key.state(), Kind.CODE, words=choices_of(KeyState)),
        Column("expires_at", _("Good until"), lambda key: key.expires_at, Kind.MOMENT, sort="expires"),
        Column("last_used_at", _("Last used"), lambda key: key.last_used_at, Kind.MOMENT),
        Column("made_at", _("Made"), lambda key: key.created_at, Kind.MOMENT, sort="-new", shown=False),
    ),
    sorts=(
        Sort("-new", "pk", descending=True),
        Sort("new", "pk"),
        Sort("expires", "expires_at"),
        Sort("-expires", "expires_at", descending=True),
    ),
    filters=KeyFilter,
    create=Create(
        _("Make a key"), "make", KeyForm, make, allowed=lambda actor: actor.signed_in,
        done=_("The key is made. Copy it now: it is not shown again."),
    ),
    moves=(
        Move(
            "revoke", _("Revoke"), "revoke", lambda actor, key, said: revoke_key(actor=actor, key=key),
            offered=lambda key: key.state() is not KeyState.REVOKED, icon="ban", tone="danger",
            confirm=_("Programs that use this key are turned away from then on. This cannot be taken back."),
            done=_("The key is revoked."),
        ),
    ),
    views=(View("live", _("In force"), "state=live"), View("soon", _("Ending soon"), "soon=soon")),
    waits=(
        Waits(
            "soon=soon",
            ngettext_lazy("%(count)s key ends within two weeks", "%(count)s keys end within two weeks", "count"),
            frozenset(Role), _("Make a new one before the program is turned away."), "key", "warn",
        ),
    ),
)  # fmt: skip
