"""Screen, priority, queue, claims, clocks, crisis script and outcomes. Never talks to people."""
