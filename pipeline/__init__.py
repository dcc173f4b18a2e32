"""newsclaims: who claims what in the news, anchored to the text and counted over independent sources."""

__version__ = "0.1.0"
