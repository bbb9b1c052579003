"""Kinbridge's forms: one descriptor, one judge, sealed answers."""
