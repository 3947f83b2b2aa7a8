"""Patent lists into the register."""

from zhiqiao.registry.importing.storer import PatentStorer

__all__ = ["PatentStorer"]
