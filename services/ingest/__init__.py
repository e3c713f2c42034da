"""Ingest: sources into articles. HTTP push, JSON Lines from a file or standard input, RSS and Atom feeds."""
