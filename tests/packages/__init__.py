"""Tests of what leaves as files."""
