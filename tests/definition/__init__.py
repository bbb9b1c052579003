"""Mistakes in descriptors: each is found, named, placed, and never a traceback."""
