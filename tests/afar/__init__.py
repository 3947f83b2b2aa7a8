"""Programs that tests start on a cluster."""
