"""The bases that every app builds on."""

from zhiqiao.core.models.audit import AuditBlock, AuditEntry, PersonalValue
from zhiqiao.core.models.base import Record
from zhiqiao.core.models.blobs import Attachment, Blob
from zhiqiao.core.models.desk import Comment, NoteReader, SavedView
from zhiqiao.core.models.imports import HeadingMapping, ImportFile, ImportRow, ImportRun, Revision
from zhiqiao.core.models.jobs import Job
from zhiqiao.core.models.outbox import Allowance, Lease, OutboxEvent
from zhiqiao.core.models.parts import SearchedText
from zhiqiao.core.models.reference import ReferenceEntry, ReferenceMove
from zhiqiao.core.models.schedules import Schedule
from zhiqiao.core.models.series import NumberSeries

__all__ = [
    "Allowance",
    "Attachment",
    "AuditBlock",
    "AuditEntry",
    "Blob",
    "Comment",
    "HeadingMapping",
    "ImportFile",
    "ImportRow",
    "ImportRun",
    "Job",
    "Lease",
    "NoteReader",
    "NumberSeries",
    "OutboxEvent",
    "PersonalValue",
    "Record",
    "ReferenceEntry",
    "ReferenceMove",
    "Revision",
    "SavedView",
    "Schedule",
    "SearchedText",
]
