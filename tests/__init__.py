"""The tests: contracts over the tables, so that a new entry is tested by itself."""
