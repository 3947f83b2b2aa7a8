"""How the machines and shards are that hold the index."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from zhiqiao.cluster.address import ClusterAddress
from zhiqiao.cluster.reports import Health
from zhiqiao.core.encoders import encoder
from zhiqiao.core.indexing import folder_of
from zhiqiao.core.pending import collection_names
from zhiqiao.core.sharding import cluster_function, ensured


def health_of_shards(address: ClusterAddress, seconds: float) -> Health:
    """Asks every shard and starts those that do not run. Raises ``Unavailable``."""
    folders = {name: folder_of(name) for name in collection_names()}
    asked = [(name, folder, ensured(address, folder, encoder())) for name, folder in folders.items()]
    found: Health = cluster_function(settings.ZHIQIAO_CLUSTER_HEALTH)(
        address, Path(settings.ZHIQIAO_HOME), asked, seconds
    )
    return found
