"""The registers of organisations, log-ins, long work, schedules, the audit trail and keys."""

from __future__ import annotations

from zhiqiao.parties.registers.audit import AUDIT
from zhiqiao.parties.registers.jobs import JOBS, SCHEDULES
from zhiqiao.parties.registers.keys import KEYS
from zhiqiao.parties.registers.organisations import ORGANISATIONS
from zhiqiao.parties.registers.people import PEOPLE

__all__ = ["AUDIT", "JOBS", "KEYS", "ORGANISATIONS", "PEOPLE", "SCHEDULES"]
