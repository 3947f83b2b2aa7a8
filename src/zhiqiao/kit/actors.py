"""A signed-in person as the rules see them: an id, a name, and roles in organisations."""

from __future__ import annotations

from dataclasses import dataclass, field

from zhiqiao.kit.roles import CITY_READERS, Role


@dataclass(frozen=True)
class Actor:
    """Who acts, for which organisations, in which roles. The anonymous public holds no role.

    ``roles`` is organisation key → roles held there; keys are private running keys.
    """

    actor_id: str
    actor_name: str
    user_key: int | None = None
    roles: dict[int, frozenset[str]] = field(default_factory=dict)

    @property
    def signed_in(self) -> bool:
        return self.user_key is not None

    @property
    def organisations(self) -> frozenset[int]:
        return frozenset(self.roles)

    @property
    def every_role(self) -> frozenset[str]:
        return frozenset(role for held in self.roles.values() for role in held)

    @property
    def reads_city(self) -> bool:
        return bool(self.every_role & CITY_READERS)

    def holds(self, *roles: Role) -> bool:
        return bool(self.every_role & set(roles))

    @property
    def tokens(self) -> frozenset[str]:
        """What this person may see in an index: ``public``, ``org:<key>`` for each membership, and ``city``
        for those who look over the whole city."""
        own = {f"org:{key}" for key in self.roles}
        return frozenset({"public", *own, *({"city"} if self.reads_city else ())})


PUBLIC = Actor(actor_id="public", actor_name="公众")
