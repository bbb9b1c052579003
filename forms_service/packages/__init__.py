"""Submissions as data packages: judged tables, exported zips, their data dictionary (no web, no database)."""
