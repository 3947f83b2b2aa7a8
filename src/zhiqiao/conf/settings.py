"""Django's settings, from the typed environment."""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from zhiqiao.cluster.access import grant
from zhiqiao.conf.clusters import read_index
from zhiqiao.conf.encoders import read_encoder
from zhiqiao.conf.environment import Environment
from zhiqiao.conf.static_files import protect_static_file

# Lists, reports and the index hold people's names: whichever program reads these settings writes for its own account
# alone. Before the home is made.
os.umask(0o077)
ENVIRONMENT = Environment.read(os.environ)
PACKAGE = Path(__file__).resolve().parents[1]

ZHIQIAO_HOME = ENVIRONMENT.home
SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)
CSRF_TRUSTED_ORIGINS = list(ENVIRONMENT.origins)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_filters",
    "django_htmx",
    "zhiqiao.core",
    "zhiqiao.parties",
    "zhiqiao.hooks",
    "zhiqiao.registry",
    "zhiqiao.inventory",
    "zhiqiao.needs",
    "zhiqiao.matching",
    "zhiqiao.web",
    "zhiqiao.api",
    "rest_framework",
]

MIDDLEWARE = [
    "zhiqiao.web.settling.SettlingMiddleware",
    "zhiqiao.api.middleware.ProblemMiddleware",
    "zhiqiao.web.middleware.SilentPartsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "zhiqiao.web.middleware.ActorMiddleware",
    "zhiqiao.web.middleware.RefusalMiddleware",
    "zhiqiao.web.middleware.ContentSecurityPolicyMiddleware",
    "zhiqiao.web.middleware.BodyLimitMiddleware",
]

ROOT_URLCONF = "zhiqiao.conf.urls"
WSGI_APPLICATION = "zhiqiao.conf.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "zhiqiao.web.context.navigation",
            ],
        },
    },
]

DATABASES = {"default": ENVIRONMENT.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "parties.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "zhiqiao.web.accounts.ClosedSignup"
ACCOUNT_USERNAME_MIN_LENGTH = 3
ACCOUNT_PREVENT_ENUMERATION = True
# A whole institution may come from one address: what is tight counts by name and address together.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "100/m/ip,5/5m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if ENVIRONMENT.https else 0
# In the database, so that all processes count together.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "core_cache"}}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = ENVIRONMENT.home / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_ADD_HEADERS_FUNCTION = protect_static_file
FILE_UPLOAD_TEMP_DIR = str(ENVIRONMENT.home)
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.https else None
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

# The registers, in the order of the navigation.
ZHIQIAO_REGISTERS = [
    "zhiqiao.matching.registers:PATENTS",
    "zhiqiao.matching.registers:NEEDS",
    "zhiqiao.matching.registers:PUSHES",
    "zhiqiao.parties.registers:ORGANISATIONS",
    "zhiqiao.registry.registers:IMPORTS",
    "zhiqiao.inventory.registers:ENTRIES",
    "zhiqiao.parties.registers:PEOPLE",
    "zhiqiao.parties.registers:JOBS",
    "zhiqiao.parties.registers:SCHEDULES",
    "zhiqiao.parties.registers:AUDIT",
    "zhiqiao.parties.registers:KEYS",
    "zhiqiao.hooks.registers:ENDPOINTS",
    "zhiqiao.hooks.registers:DELIVERIES",
]

# Who does what, by name: resolved when it is needed, so that lower rooms need not import higher ones.
ZHIQIAO_COLLECTIONS = {
    "patents": "zhiqiao.registry.collection:patents",
    "needs": "zhiqiao.needs.collection:needs",
}
# Whose vectors searches by meaning go by; the former one until the index is rebuilt (docs/encoders.md).
ZHIQIAO_ENCODER = read_encoder("ZHIQIAO_ENCODER", os.environ)
ZHIQIAO_FORMER_ENCODER = read_encoder("ZHIQIAO_FORMER_ENCODER", os.environ)
ZHIQIAO_STORERS = {
    "patents": "zhiqiao.registry.importing:PatentStorer",
    "organisations": "zhiqiao.parties.importing:OrganisationStorer",
    "needs": "zhiqiao.needs.importing:NeedStorer",
}
# Who tells of deals: each is called with keys of patents, or None for all, and yields ``registry.deals.Deal``.
ZHIQIAO_DEALS = ["zhiqiao.registry.deals:recorded_deals"]
# Registers that take lists through their form.
ZHIQIAO_OTHER_STORERS = "zhiqiao.kit.storing:storer_for"
ZHIQIAO_ACTORS = "zhiqiao.parties.actors:actor_named"
ZHIQIAO_STANDING = "zhiqiao.parties.acting:standing_then"
ZHIQIAO_JOBS = {
    "bulk_move": "zhiqiao.kit.bulk:run_bulk_move",
    "import": "zhiqiao.core.importjobs:run_import",
    "appraise": "zhiqiao.inventory.jobs:appraise_all",
    "stock": "zhiqiao.inventory.jobs:refresh_stock",
    "learn": "zhiqiao.matching.learning:learn_job",
    "verify_audit": "zhiqiao.core.upkeep:verify_audit",
    "check_index": "zhiqiao.core.upkeep:check_index",
}
ZHIQIAO_JOB_RIGHTS = {"import": "zhiqiao.registry.sending:require_still"}
# Made once in a new installation, people's to change from then on; five fields, read in Asia/Shanghai.
ZHIQIAO_SCHEDULES = {
    "nightly_stock": {"kind": "stock", "cron": "0 2 * * *"},
    "nightly_audit": {"kind": "verify_audit", "cron": "30 3 * * *"},
    "weekly_index": {"kind": "check_index", "cron": "0 4 * * 0"},
    "monthly_learning": {"kind": "learn", "cron": "0 5 1 * *"},
}
ZHIQIAO_AFTER_IMPORT = {"patents": ["stock"], "organisations": ["stock"]}
ZHIQIAO_HOUSEKEEPING = [
    "zhiqiao.core.seal:seal_everything",
    "zhiqiao.core.schedules:enqueue_due",
    "zhiqiao.core.importjobs:close_dead_runs",
    "zhiqiao.core.indexing:index_everything",
    "zhiqiao.matching.relinking:relink_merged",
    "zhiqiao.registry.actions:publish_matured",
    "zhiqiao.core.blobs:sweep_incoming",
    "zhiqiao.core.statistics:keep_statistics",
    "zhiqiao.api.idempotency:forget_old_answers",
    "zhiqiao.core.rates:forget_old_allowances",
    "zhiqiao.core.sweeping:sweep_events",
    "zhiqiao.hooks.sweeping:sweep_deliveries",
    "zhiqiao.hooks.outgoing:hand_out",
    "zhiqiao.hooks.sending:send_due",
    "zhiqiao.core.jobresults:sweep_failures",
]
# The actions of the trail that other programs may listen to: those that the registers name as events. Listed, not
# asked for, since a process that only writes should not load every register. A test compares.
ZHIQIAO_PUBLISHED = frozenset(
    {
        "core.end_job",
        "core.finish_import",
        "core.undo_import",
        "inventory.confirm_tier",
        "matching.answer",
        "matching.match_need",
        "matching.push",
        "matching.see",
        "matching.suggest_push",
        "matching.withdraw",
        "needs.change_need",
        "needs.close_need",
        "needs.hide_need",
        "needs.publish_need",
        "needs.state_need",
        "parties.change_name",
        "parties.describe_organisation",
        "parties.merge_organisations",
        "parties.register_organisation",
        "registry.publish_matured",
    }
)
# Where other programs read the records they hear of.
ZHIQIAO_RECORD_ADDRESS = "/api/v1/{path}/{id}/"
ZHIQIAO_HOOKS_PRIVATE = ENVIRONMENT.hooks_private
ZHIQIAO_KEEP_EVENTS = ENVIRONMENT.keep_events
ZHIQIAO_KEEP_DELIVERIES = ENVIRONMENT.keep_deliveries
if ENVIRONMENT.tier_rules:
    ZHIQIAO_TIER_RULES = ENVIRONMENT.tier_rules

ZHIQIAO_INDEX = read_index(os.environ)
ZHIQIAO_SHARDED = "zhiqiao.cluster.scattering:open_sharded"
ZHIQIAO_SPREAD = "zhiqiao.cluster.spreading:spread"
ZHIQIAO_AFAR = "zhiqiao.core.afar:do_afar"
ZHIQIAO_CLUSTER_HEALTH = "zhiqiao.cluster.health:health"
if ZHIQIAO_INDEX:
    grant(ZHIQIAO_HOME, ZHIQIAO_INDEX)  # before Ray is loaded, which looks for its token once

# The interface for programs. Rates are requests a minute, of one key, one log-in or one address; what the public
# takes out of the hall counts as an export, too.
ZHIQIAO_API_PREFIX = "/api/"
ZHIQIAO_API_RATES = {
    "known": {"read": 600, "write": 120, "search": 120, "export": 10},
    "public": {"read": 60, "write": 10, "search": 20, "export": 2},
}
REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "zhiqiao.api.problems.answer_to",
    "DEFAULT_SCHEMA_CLASS": "zhiqiao.api.openapi.OperationSchema",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "Zhiqiao 知桥",
    "DESCRIPTION": "The registers of Zhiqiao for programs. docs/api.md is the guide.",
    "VERSION": "1",
    "LICENSE": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_PATCH": False,
    "POSTPROCESSING_HOOKS": ["zhiqiao.api.openapi.with_shared_parts"],
}
