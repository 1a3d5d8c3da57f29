"""From a plan to music: text emotion, generation, matching, arrangement, rendering. Start at
`engine.pipeline`."""
