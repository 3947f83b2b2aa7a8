"""The pages of every register: plain views that take a ``Register``."""
