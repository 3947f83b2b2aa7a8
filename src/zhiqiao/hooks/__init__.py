"""Webhooks after the Standard Webhooks specification: what happened is told to other programs, signed, until they
took it."""
