"""Every address of the pages."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.views.i18n import set_language

from zhiqiao.web.views import audit, frame, home, imports, inventory, needs, organisations, patents


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

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("search/", home.public_search, name="public_search"),
    path("search/export.<sheet:kind>", home.public_export, name="public_export"),
    path("language/", set_language, name="set_language"),
    path("theme/", frame.set_theme, name="set_theme"),
    path("account/", include(ACCOUNT)),
    path("patents/", patents.patent_list, name="patent_list"),
    path("patents/export.<sheet:kind>", patents.patent_export, name="patent_export"),
    path("patents/<uuid:public_id>/", patents.patent_page, name="patent_page"),
    path("patents/<uuid:public_id>/push/", patents.patent_push, name="patent_push"),
    path("organisations/", organisations.organisation_list, name="organisation_list"),
    path("organisations/export.<sheet:kind>", organisations.organisation_export, name="organisation_export"),
    path("organisations/<uuid:public_id>/", organisations.organisation_page, name="organisation_page"),
    path("ask/", needs.need_say, name="need_say"),
    path("needs/", needs.need_list, name="need_list"),
    path("needs/export.<sheet:kind>", needs.need_export, name="need_export"),
    path("needs/new/", needs.need_new, name="need_new"),
    path("needs/<uuid:public_id>/", needs.need_page, name="need_page"),
    path("needs/<uuid:public_id>/match/", needs.need_match, name="need_match"),
    path("needs/<uuid:public_id>/close/", needs.need_close, name="need_close"),
    path("needs/<uuid:public_id>/publish/", needs.need_publish, name="need_publish"),
    path("needs/<uuid:public_id>/hide/", needs.need_hide, name="need_hide"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/export.<sheet:kind>", imports.import_export, name="import_export"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/<uuid:public_id>/", imports.import_page, name="import_page"),
    path("imports/<uuid:public_id>/headings/", imports.import_headings, name="import_headings"),
    path("imports/<uuid:public_id>/report/", imports.import_report, name="import_report"),
    path("imports/<uuid:public_id>/notes.<sheet:kind>", imports.import_notes, name="import_notes"),
    path("imports/<uuid:public_id>/undo/", imports.import_undo, name="import_undo"),
    path("inventory/", inventory.inventory_home, name="inventory_home"),
    path("inventory/rows/", inventory.inventory_scope, name="inventory_scope"),
    path("inventory/rows/export.<sheet:kind>", inventory.inventory_scope_export, name="inventory_scope_export"),
    path("inventory/fees/", inventory.inventory_fees, name="inventory_fees"),
    path("inventory/fees/export.<sheet:kind>", inventory.inventory_fees_export, name="inventory_fees_export"),
    path("inventory/unknowns/", inventory.inventory_unknowns, name="inventory_unknowns"),
    path(
        "inventory/unknowns/export.<sheet:kind>", inventory.inventory_unknowns_export, name="inventory_unknowns_export"
    ),
    path("inventory/tiers/", inventory.inventory_tiers, name="inventory_tiers"),
    path("inventory/tiers/export.<sheet:kind>", inventory.inventory_tiers_export, name="inventory_tiers_export"),
    path("inventory/tiers/<uuid:public_id>/", inventory.inventory_tier, name="inventory_tier"),
    path("audit/", audit.audit_log, name="audit_log"),
    path("audit/export.<sheet:kind>", audit.audit_export, name="audit_export"),
]
