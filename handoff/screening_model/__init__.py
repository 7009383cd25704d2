"""The trained heads of the second reader, their manifest, and the training that makes them from
committed lines.
"""
