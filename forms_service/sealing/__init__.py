"""Sealing what families send. `identity` opens it and is closed to the public side, so nothing is re-exported."""
