"""Patents and what happened to them."""

from zhiqiao.registry.models.ledger import Encumbrance, ExploitationEvidence
from zhiqiao.registry.models.patents import Patent, PatentHolder, PatentSource
from zhiqiao.registry.models.status import LegalEvent, StatusRecord

__all__ = [
    "Encumbrance",
    "ExploitationEvidence",
    "LegalEvent",
    "Patent",
    "PatentHolder",
    "PatentSource",
    "StatusRecord",
]
