"""Whoever counts counts in ``core``; the table stays."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("api", "0001_answers_and_allowances"),
        ("core", "0005_allowances"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Allowance")]),
    ]
