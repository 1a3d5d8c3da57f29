"""What a person touches in a terminal: the commands (`tui.cli`) and the full-screen workstation
(`tui.app`)."""
