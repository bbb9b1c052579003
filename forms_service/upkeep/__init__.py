"""Keeping what families sent safe over the years: keys changed, copies kept, and what is over erased."""
