"""What was meant, what to ask, what to say, where to signpost. Never decides urgency."""
