"""The Socket.IO edge: who is there, what they command, what they are told."""
