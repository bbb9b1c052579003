"""Typed text becomes a cell, and a cell a verdict."""
