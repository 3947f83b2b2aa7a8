from __future__ import annotations

from typing import Any

from django.db import migrations, models

# Nothing else touches these, so a table that Django makes anew loses nothing.
MADE = {
    "sqlite": ("CREATE VIRTUAL TABLE core_searchedpart USING fts5(parts, content='', detail=none, tokenize='ascii')",),
    "postgresql": (
        "ALTER TABLE core_searchedtext ADD COLUMN parts tsvector",
        "CREATE INDEX searched_parts ON core_searchedtext USING gin (parts)",
    ),
}
UNMADE = {
    "sqlite": ("DROP TABLE core_searchedpart",),
    "postgresql": ("DROP INDEX searched_parts", "ALTER TABLE core_searchedtext DROP COLUMN parts"),
}


def make(apps: Any, editor: Any) -> None:
    for statement in MADE[editor.connection.vendor]:
        editor.execute(statement)


def unmake(apps: Any, editor: Any) -> None:
    for statement in UNMADE[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("core", "0009_lists_at_scale")]

    operations = [
        migrations.CreateModel(
            name="SearchedText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=2)),
                ("of", models.BigIntegerField()),
            ],
        ),
        migrations.RunPython(make, unmake),
    ]
