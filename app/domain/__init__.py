"""Nouns, events, steps and decisions. Pure: no HTTP, no SQL, no Flask, no vendor's words."""
