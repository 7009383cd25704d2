"""One module for each kind of figure: starts what it needs and yields what measures."""
