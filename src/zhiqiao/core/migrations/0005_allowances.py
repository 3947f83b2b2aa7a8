"""The table stays where the interface for programs made it: the pages count in it, too."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0004_houses_of_notes"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Allowance",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                        ),
                        ("caller", models.CharField(max_length=64, unique=True)),
                        ("window", models.BigIntegerField(db_index=True)),
                        ("taken", models.PositiveIntegerField(default=0)),
                    ],
                    options={"db_table": "api_allowance"},
                ),
            ],
        ),
    ]
