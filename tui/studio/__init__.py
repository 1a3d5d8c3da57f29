"""The models at work for an open score: near (in this process) or distant (in one of its own)."""
