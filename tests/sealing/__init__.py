"""Sealing by itself: codes, drafts, recipients, the identity."""
