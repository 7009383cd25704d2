"""From "help" to a person: screen, priority, queue, claims, clocks, crisis script, outcomes. Never talks to people."""
