"""Small descriptors with rows, in the shapes in which Table Schemas are found in public."""
