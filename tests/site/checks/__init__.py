"""Tests of `kinbridge check`: each rule against a small clinic whose content is right but for one thing."""
