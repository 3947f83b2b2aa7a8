"""Statements kept before they said whose they are: whose list told them, else the one that holds the patent before
others."""

from django.db import migrations

AT_ONCE = 2_000


def tell_houses(apps, schema_editor):
    statements = apps.get_model("registry", "HolderStatement").objects
    houses = dict(apps.get_model("parties", "Organisation").objects.values_list("pk", "merged_into_id"))
    last = 0
    while found := list(
        statements.filter(pk__gt=last, organisation=None).select_related("run").order_by("pk")[:AT_ONCE]
    ):
        last = found[-1].pk
        first = _first_holders(apps, [each.patent_id for each in found])
        for each in found:
            sent = each.run.organisation_id if each.run else None
            whose = sent if sent in houses else first.get(each.patent_id)
            while whose is not None and houses[whose] is not None:
                whose = houses[whose]
            each.organisation_id = whose
        statements.bulk_update(found, ["organisation"])


def _first_holders(apps, patents):
    standing = apps.get_model("registry", "PatentHolder").objects.filter(patent_id__in=patents, standing__isnull=False)
    return dict(standing.order_by("role", "-ordinal", "-id").values_list("patent_id", "standing_id"))


class Migration(migrations.Migration):

    dependencies = [
        ("registry", "0005_statements_of_houses"),
    ]

    operations = [migrations.RunPython(tell_houses, migrations.RunPython.noop)]
