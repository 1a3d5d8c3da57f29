"""The command line, a command a file. `tui.cli.main` chooses; stdout is data, everything else goes to
stderr."""
