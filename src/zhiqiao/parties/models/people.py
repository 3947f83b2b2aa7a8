from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from zhiqiao.core.models import Record
from zhiqiao.kit.roles import Role
from zhiqiao.parties.models.organisations import Organisation


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(Record, AbstractBaseUser):
    """A person who signs in. What they may do comes from their memberships alone; nobody is a superuser.

    ``personalised`` False: the person refuses personalised pushes (PIPL art. 24).
    """

    username = models.CharField(max_length=150, unique=True)
    display_name = models.CharField(max_length=100)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    personalised = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    secret_once = ""
    """A password just made, for whoever hands it over; never stored."""

    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        return self.display_name

    @property
    def is_staff(self) -> bool:
        return False


class Membership(models.Model):
    """A person's role in an organisation, for a time. ``ended_on`` null means still in force."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=32, choices=Role.choices)
    started_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation", "role", "started_on"], name="membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.role} @ {self.organisation_id}"
