"""Kinbridge's guides: the site, its checks, its releases."""
