"""Comments and files written before they told a house: their writers' houses of that day may read them. What an office
wrote stays with the offices, for nobody knows any more to whom it was written."""

from uuid import UUID

from django.db import migrations
from django.db.models import F, Q

OFFICES = {"bureau_officer", "bureau_auditor", "centre_operator", "system_admin"}


def tell_houses(apps, schema_editor):
    reader = apps.get_model("core", "NoteReader")
    for name in ("Comment", "Attachment"):
        notes = apps.get_model("core", name).objects.filter(house=None, readers=None)
        for note in notes.iterator():
            held = _held(apps, note)
            if not held or any(role in OFFICES for _key, role in held):
                continue
            houses = sorted({key for key, _role in held})
            note.house = houses[0]
            note.save(update_fields=["house"])
            reader.objects.bulk_create(reader(**{name.lower(): note}, house=key) for key in houses)


def _held(apps, note):
    try:
        person = UUID(note.actor_id)
    except ValueError:
        return []
    day = note.created_at.date()
    then = Q(started_on__lte=day) & (Q(ended_on=None) | Q(ended_on__gte=day))
    memberships = apps.get_model("parties", "Membership").objects.filter(then, user__public_id=person)
    living = memberships.annotate(house=F("organisation__merged_into_id")).values_list("organisation_id", "house", "role")
    return [(survivor or key, role) for key, survivor, role in living]


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0004_houses_of_notes"),
        ("parties", "0002_api_keys"),
    ]

    operations = [migrations.RunPython(tell_houses, migrations.RunPython.noop)]
