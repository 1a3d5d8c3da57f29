"""From a finished score to files: MIDI, audio, stems, sheets. One format a module; `engine.render.files`
writes them all."""
