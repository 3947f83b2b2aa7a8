"""Where the search index lies: in the home, or in shards on the machines of a cluster."""

from __future__ import annotations

from collections.abc import Mapping

from zhiqiao.cluster.address import ClusterAddress, parse_address
from zhiqiao.conf.environment import BadSetting


def read_index(variables: Mapping[str, str]) -> ClusterAddress | None:
    """``ZHIQIAO_INDEX``: empty or ``embedded``, or ``ray://HOST:PORT?shards=N&seconds=S``. Raises ``BadSetting``."""
    text = variables.get("ZHIQIAO_INDEX", "").strip()
    if text in ("", "embedded"):
        return None
    try:
        return parse_address(text)
    except ValueError:
        raise BadSetting(name="ZHIQIAO_INDEX", value=text) from None
