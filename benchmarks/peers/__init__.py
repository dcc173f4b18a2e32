"""One small script for each contestant of `benchmarks/dedup.py`, each run as a process in its own environment."""
