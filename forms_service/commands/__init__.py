"""The forms' side of the command line: one module per noun."""
