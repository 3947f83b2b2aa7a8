"""The rooms hold in the database too: a foreign key points down or stays in its room."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.db import models

if TYPE_CHECKING:  # Django's fields take type arguments in their stubs alone
    Key = models.ForeignKey[Any, Any] | models.ManyToManyField[Any, Any]

ROOMS = ["core", "parties", "hooks", "registry", "inventory", "needs", "matching", "web", "api"]  # lowest first


def product_keys() -> Iterator[tuple[type[models.Model], Key, type[models.Model]]]:
    for config in apps.get_app_configs():
        if config.name.startswith("zhiqiao."):
            for model in config.get_models(include_auto_created=True):
                for field in model._meta.get_fields():
                    if isinstance(field, models.ForeignKey | models.ManyToManyField):
                        assert isinstance(field.related_model, type)
                        yield model, field, field.related_model


def test_every_room_with_models_is_named_here() -> None:
    assert {config.label for config in apps.get_app_configs() if config.name.startswith("zhiqiao.")} == set(ROOMS)


def test_foreign_keys_point_down() -> None:
    upward = []
    for model, field, target in product_keys():
        if target._meta.label == settings.AUTH_USER_MODEL or target._meta.app_label not in ROOMS:
            continue
        if ROOMS.index(target._meta.app_label) > ROOMS.index(model._meta.app_label):
            upward.append(f"{model._meta.label}.{field.name} → {target._meta.label}")
    assert upward == []


def test_the_audit_does_without_users() -> None:
    names = {"AuditEntry", "AuditBlock", "PersonalValue", "OutboxEvent", "Job", "Lease"}
    users = [
        f"{model._meta.label}.{field.name}"
        for model, field, target in product_keys()
        if model.__name__ in names and target._meta.label == settings.AUTH_USER_MODEL
    ]
    assert users == []


def test_nothing_is_deleted_through_a_foreign_key() -> None:
    cascading = [
        f"{model._meta.label}.{field.name}"
        for model, field, _ in product_keys()
        if isinstance(field, models.ForeignKey)
        and field.remote_field.on_delete is models.CASCADE
        and not model._meta.auto_created
    ]
    assert cascading == []
