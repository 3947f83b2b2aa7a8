from __future__ import annotations

from django.db import models


class NumberSeries(models.Model):
    """The last running number given out in a series, where the field wants a number people can say."""

    name = models.CharField(max_length=64, unique=True)
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.last}"
