"""What the pages quote from datapackages/: sources, crisis lines, forms."""
