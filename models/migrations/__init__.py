"""Numbered changes of the tables. They never import the application's rows or rules."""
