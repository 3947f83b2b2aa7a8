"""What firms need."""

from zhiqiao.needs.models.needs import Need, NeedPrivate

__all__ = ["Need", "NeedPrivate"]
