"""The panes of the workstation, one widget a concept. No pane knows another: they post messages."""
