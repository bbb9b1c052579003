"""Tests of what keeps answers safe over the years."""
