"""The gazetteer: well-known states, capitals, bodies and news outlets with the names they go by."""

from pipeline.gazetteer.entries import Entry, Gazetteer, load_gazetteer

__all__ = ["Entry", "Gazetteer", "load_gazetteer"]
