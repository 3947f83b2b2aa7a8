"""Imports that were there before the index of parts."""

from django.db import migrations

from zhiqiao.core.importing import RUNS
from zhiqiao.core.parts import stored


def keep_all(apps, schema_editor):
    runs = apps.get_model("core", "ImportRun").objects.values_list("pk", "number", "sender", "actor_name")
    RUNS.keep((key, " ".join(told), "") for key, *told in stored(runs))


class Migration(migrations.Migration):

    dependencies = [("core", "0010_parts_of_texts")]

    operations = [migrations.RunPython(keep_all, migrations.RunPython.noop)]
