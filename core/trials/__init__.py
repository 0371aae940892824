"""Many trainings, each in a process of its own: the gallery's verification and sweeps over parameters and seeds."""
