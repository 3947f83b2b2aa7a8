"""Patents and what happened to them."""

from zhiqiao.registry.models.ledger import Encumbrance, ExploitationEvidence
from zhiqiao.registry.models.patents import HolderStatement, Patent, PatentHolder
from zhiqiao.registry.models.status import LegalEvent, StatusRecord

__all__ = [
    "Encumbrance",
    "ExploitationEvidence",
    "HolderStatement",
    "LegalEvent",
    "Patent",
    "PatentHolder",
    "StatusRecord",
]
