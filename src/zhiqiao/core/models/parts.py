from __future__ import annotations

from django.db import models


class SearchedText(models.Model):
    """One text of a record that is found by any part of it: ``of`` is the record's key, ``code`` the register's.

    The parts stand beside it, where each database finds them: on SQLite in the full text table ``core_searchedpart``
    under the same key, on PostgreSQL in a column of this table that Django does not know. A text that no longer stands
    in its record stays: what is found is looked up in the record itself.
    """

    code = models.CharField(max_length=2)
    of = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.code} {self.of}"
