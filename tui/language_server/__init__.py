"""The language server: what the language knows of a score, for any editor that speaks the Language Server
Protocol."""
