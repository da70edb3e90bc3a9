"""The composition root: reads settings, builds everything, owns the clocks."""
