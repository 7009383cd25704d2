"""Reading answers to questions, typed: readers of one thing each, for how people really write."""

from bot.fields.reading import READERS, filter_line, no_danger, read_answer, read_field

__all__ = ["READERS", "filter_line", "no_danger", "read_answer", "read_field"]
