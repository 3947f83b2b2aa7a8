from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.models import ImportRun, Record
from zhiqiao.parties.models import Organisation


class PatentKind(models.TextChoices):
    INVENTION = "invention", _("Invention")
    UTILITY_MODEL = "utility_model", _("Utility model")
    DESIGN = "design", _("Design")


class StatusGroup(models.TextChoices):
    ALIVE = "alive", _("In force")
    PENDING = "pending", _("Pending")
    RESTORABLE = "restorable", _("Lapsed, restorable")
    DEAD = "dead", _("Ended")
    UNKNOWN = "unknown", _("Not known")


class Funding(models.TextChoices):
    YES = "yes", _("Publicly funded")
    NO = "no", _("Not publicly funded")
    UNKNOWN = "unknown", _("Funding not known")


class Patent(Record):
    """One patent or application, merged from every row that named its application number.

    ``number`` is the application number with its check digit and without the dot; ``check_filled`` says that the
    source lacked the digit. The status columns repeat the newest ``StatusRecord``. ``status_as_of`` null: the source
    vouched for no day; then ``status_through``, the latest day its row shows, is the earliest it can be.
    ``provenance`` is field → [import run key, as-of day or null]. ``public`` False: not yet published, seen by its
    holders alone. ``guard_version`` is advanced by compare-and-swap before a rule that spans rows is decided.
    ``anniversary`` is the filing day within a year, month × 100 + day, for annual fees. ``claims`` in full only where
    a full-text file brought them. Dates are days as the register gives them; null means not known.
    """

    number = models.CharField(max_length=13, unique=True)
    check_filled = models.BooleanField(default=False)
    kind = models.CharField(max_length=16, choices=PatentKind.choices)
    pct = models.BooleanField(default=False)
    title = models.CharField(max_length=500)
    abstract = models.TextField(blank=True)
    first_claim = models.TextField(blank=True)
    claims = models.TextField(blank=True)
    filed_on = models.DateField(null=True)
    published_on = models.DateField(null=True)
    publication_number = models.CharField(max_length=24, blank=True)
    granted_on = models.DateField(null=True)
    grant_number = models.CharField(max_length=24, blank=True)
    expires_on = models.DateField(null=True)
    anniversary = models.PositiveSmallIntegerField(null=True)
    main_class = models.CharField(max_length=24, blank=True)
    classes = models.JSONField(default=list)
    industries = models.JSONField(default=list)
    applicants = models.JSONField(default=list)
    holders = models.JSONField(default=list)
    inventors = models.JSONField(default=list)
    agency = models.CharField(max_length=255, blank=True)
    agents = models.JSONField(default=list)
    address = models.CharField(max_length=500, blank=True)
    postcode = models.CharField(max_length=6, blank=True)
    priority = models.CharField(max_length=500, blank=True)
    status_group = models.CharField(max_length=16, choices=StatusGroup.choices, default=StatusGroup.UNKNOWN)
    status_phase = models.CharField(max_length=40, blank=True)
    status_words = models.CharField(max_length=255, blank=True)
    status_as_of = models.DateField(null=True)
    status_through = models.DateField(null=True)
    status_source = models.CharField(max_length=255, blank=True)
    funding = models.CharField(max_length=8, choices=Funding.choices, default=Funding.UNKNOWN)
    funding_project = models.CharField(max_length=500, blank=True)
    family = models.JSONField(default=list)
    cited_by_count = models.PositiveIntegerField(null=True)
    claim_count = models.PositiveIntegerField(null=True)
    twin_number = models.CharField(max_length=13, blank=True)
    extra = models.JSONField(default=dict)
    provenance = models.JSONField(default=dict)
    public = models.BooleanField(default=True)
    withdrawn_at = models.DateTimeField(null=True)
    guard_version = models.PositiveBigIntegerField(default=0)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["-filed_on", "-id"], name="patent_filed"),
            # A filter in the list's own order, and the order by class, each with what the other filters and the rule
            # of visibility ask: a record that falls out is never opened, and counting opens none.
            models.Index(
                fields=["kind", "-filed_on", "-id", "withdrawn_at", "public", "status_group", "funding"],
                name="patent_kind_filed",
            ),
            models.Index(
                fields=["status_group", "-filed_on", "-id", "withdrawn_at", "public", "kind", "funding"],
                name="patent_status_filed",
            ),
            models.Index(
                fields=["funding", "-filed_on", "-id", "withdrawn_at", "public", "kind", "status_group"],
                name="patent_funding_filed",
            ),
            models.Index(
                fields=["main_class", "id", "withdrawn_at", "public", "kind", "status_group", "funding"],
                name="patent_class_order",
            ),
            # Which may sleep: what the stocktaking asks of a patent for that.
            models.Index(
                fields=["granted_on", "id", "status_group", "funding", "withdrawn_at", "public"],
                name="patent_may_sleep",
                condition=models.Q(status_group=StatusGroup.ALIVE, funding=Funding.YES),
            ),
            models.Index(fields=["anniversary"], name="patent_anniversary"),
            models.Index(fields=["publication_number"], name="patent_publication"),
            models.Index(fields=["grant_number"], name="patent_grant"),
            models.Index(
                fields=["filed_on", "id", "public", "withdrawn_at"],
                name="patent_secret",
                condition=models.Q(public=False),
            ),
            models.Index(fields=["number"], name="patent_secret_number", condition=models.Q(public=False)),
        ]

    def __str__(self) -> str:
        return f"{self.shown_number} {self.title}"

    @property
    def shown_number(self) -> str:
        return f"{self.number[:-1]}.{self.number[-1:]}"


class PatentHolder(models.Model):
    """Who holds (or applied for) a patent, one row a name, with the days it held and when we learnt it.

    ``organisation`` null: a person, or a name not yet recognised. ``valid_to`` null: still holding. ``standing`` is
    the organisation again while the row stands, null once it is superseded: what a holder may see hangs on it.
    """

    class Role(models.TextChoices):
        APPLICANT = "applicant"
        HOLDER = "holder"

    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="holdings")
    role = models.CharField(max_length=10, choices=Role.choices)
    ordinal = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=255)
    name_key = models.CharField(max_length=255)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="holdings")
    standing = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="standing_holdings")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["name_key"], name="holder_name_key"),
            models.Index(fields=["standing", "patent"], name="holder_standing"),
        ]

    def __str__(self) -> str:
        return self.name


class HolderStatement(models.Model):
    """What a holder's own list says beyond the register: willingness, maturity, accepted ways, asking price.

    Seen by that holder and the city alone (domain §1.3: asking prices are not public), not by one that holds the patent
    with it or after it. ``organisation`` null: nobody knows whose it is, so the city alone. ``said`` is field → words;
    ``money`` is name → yuan as text.
    """

    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="statements")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="statements")
    said = models.JSONField(default=dict)
    money = models.JSONField(default=dict)
    run = models.ForeignKey(ImportRun, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patent", "organisation"], name="statement_once_a_house"),
            models.UniqueConstraint(
                fields=["patent"], condition=models.Q(organisation=None), name="statement_of_nobody_once"
            ),
        ]

    def __str__(self) -> str:
        return f"statement on patent {self.patent_id}"
