"""Makes a clinic's own instance out of the installed package."""
