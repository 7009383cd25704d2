"""Every test of a service with its sockets runs on both stores."""

from tests.stores import tmp_path

__all__ = ["tmp_path"]
