"""The product as a family meets it: the real site and forms, in a real browser."""
