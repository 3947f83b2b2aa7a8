"""Many machines: shards of the index as Ray actors. The only room that knows Ray."""
