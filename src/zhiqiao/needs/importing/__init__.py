"""Lists of needs come into the register."""

from zhiqiao.needs.importing.storer import NeedStorer

__all__ = ["NeedStorer"]
