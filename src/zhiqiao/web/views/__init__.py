"""The pages: who acts and what was asked go to the owning room, what comes back goes into a template."""
