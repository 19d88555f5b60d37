"""Benchmarks: each prints both sides of a ratio from one run. Never part of the test run."""
