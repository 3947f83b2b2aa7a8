"""Names that were there before the index of parts."""

from django.db import migrations

from zhiqiao.core.parts import stored
from zhiqiao.parties.naming import NAMES


def keep_all(apps, schema_editor):
    present = apps.get_model("parties", "Organisation").objects.values_list("pk", "name_key", "pinyin")
    NAMES.keep(stored(present))
    others = apps.get_model("parties", "OrganisationName").objects.values_list("pk", "organisation_id", "name_key")
    NAMES.keep((of, name, "") for _key, of, name in stored(others))


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0010_parts_of_texts"),
        ("parties", "0005_first_letters"),
    ]

    operations = [migrations.RunPython(keep_all, migrations.RunPython.noop)]
