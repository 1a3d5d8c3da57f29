"""The screens of the workstation: the desk itself, help, and the small questions."""
