"""Measures the service against bare parts in one run: `python -m bench`. No part of the product;
loopback only, bounded, and it ends what it starts.
"""
