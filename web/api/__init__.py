"""JSON over HTTP: the person's twins of the socket commands, the staff's records, machines,
development.
"""
