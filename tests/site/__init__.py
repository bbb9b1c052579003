"""Tests of the site: pages, blocks, shell, releases."""
