"""Opaque public ids."""

from __future__ import annotations

import uuid

import uuid6


def new_id() -> uuid.UUID:
    """A UUIDv7: opaque in addresses, and rows written together lie together in an index."""
    # A plain UUID, since database adapters look a value up by its exact class.
    return uuid.UUID(int=uuid6.uuid7().int)
