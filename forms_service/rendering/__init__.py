"""Questions, answers and pages as HTML: what the public and the staff side share."""
