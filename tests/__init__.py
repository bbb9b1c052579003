"""Tests of Kinbridge: outcomes, through public doors."""
