"""Tests of the servers, with real processes."""
