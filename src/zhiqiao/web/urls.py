"""Every address of the pages."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.views.i18n import set_language

from zhiqiao.kit.catalogue import registers
from zhiqiao.web.registers.addresses import addresses_of
from zhiqiao.web.registers.base import RegisterView
from zhiqiao.web.views import (
    finding,
    frame,
    gallery,
    hall,
    home,
    imports,
    inventory,
    jobs,
    needs,
    organisations,
    patents,
    profiles,
    pushes,
    quality,
)


class SheetKind:
    """The kinds of file that a list can be exported as."""

    regex = "xlsx|csv"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(SheetKind, "sheet")

ACCOUNT: list[URLPattern | URLResolver] = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("password/", account.password_change, name="account_change_password"),
    path("confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("two-step/", mfa.index, name="mfa_index"),
    path("two-step/log-in/", mfa.authenticate, name="mfa_authenticate"),
    path("two-step/confirm/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("two-step/app/", include("allauth.mfa.totp.urls")),
    path("two-step/codes/", include("allauth.mfa.recovery_codes.urls")),
]

OWN: dict[str, dict[str, type[RegisterView]]] = {
    "need": {"new": needs.NeedNew},
    "organisation": {"page": organisations.OrganisationPage},
    "push": {"page": pushes.PushPage},
    "import": {"page": imports.ImportPage},
    "job": {"page": jobs.JobPage},
}
"""Views that take the place of the kit's."""

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("figures/", home.home_charts, name="home_charts"),
    path("search/", hall.Hall.as_view(), name="public_search"),
    path("search/export.<sheet:kind>", hall.HallExport.as_view(), name="public_export"),
    path("quality/", quality.match_quality, name="match_quality"),
    path("find/", finding.find, name="find"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("language/", set_language, name="set_language"),
    path("theme/", frame.set_theme, name="set_theme"),
    path("account/", include(ACCOUNT)),
    path("patents/<uuid:public_id>/push/", patents.patent_push, name="patent_push"),
    path("organisations/<uuid:public_id>/ranking/", profiles.organisation_ranking, name="organisation_ranking"),
    path("ask/", needs.need_say, name="need_say"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/<uuid:public_id>/headings/", imports.import_headings, name="import_headings"),
    path("imports/<uuid:public_id>/report/", imports.import_report, name="import_report"),
    path("imports/<uuid:public_id>/notes.<sheet:kind>", imports.import_notes, name="import_notes"),
    path("jobs/<uuid:public_id>/report.xlsx", jobs.job_report, name="job_report"),
    path("inventory/", inventory.inventory_home, name="inventory_home"),
    path("inventory/fees/", inventory.inventory_fees, name="inventory_fees"),
    path("inventory/fees/export.<sheet:kind>", inventory.inventory_fees_export, name="inventory_fees_export"),
    path("inventory/unknowns/", inventory.inventory_unknowns, name="inventory_unknowns"),
    path(
        "inventory/unknowns/export.<sheet:kind>", inventory.inventory_unknowns_export, name="inventory_unknowns_export"
    ),
    *(pattern for register in registers() for pattern in addresses_of(register, OWN.get(register.name))),
]
