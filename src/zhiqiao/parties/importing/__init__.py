"""Lists of organisations come into the register."""

from zhiqiao.parties.importing.storer import OrganisationStorer

__all__ = ["OrganisationStorer"]
