"""Stand-ins for TensorFlow and the other packages that Rasa imports and we leave out.

Importing them works, using them raises: nothing that needs them can run half-heartedly.
"""

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any

import packaging.version

LEFT_OUT = frozenset(
    {
        "aiogram",
        "keras",
        "tensorflow",
        "tensorflow_addons",
        "tensorflow_hub",
        "tensorflow_io",
        "tensorflow_text",
    }
)
VERSION = "2.12.0"  # what Rasa compares with at import


class LeftOutError(RuntimeError):
    """Something asked for a package that this environment leaves out on purpose."""


def install() -> None:
    """Answer imports of what is left out, and supply the one old name that Rasa still imports."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    if not hasattr(packaging.version, "LegacyVersion"):
        packaging.version.LegacyVersion = type("LegacyVersion", (), {})  # type: ignore[attr-defined]


class _StandInType(type):
    """Lets annotations and bases such as `tf.Tensor`, `tf.keras.Model` or `A | B` be read."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _stand_in(f"{cls.__qualname__}.{name}")

    def __or__(cls, other: Any) -> Any:
        return cls

    def __ror__(cls, other: Any) -> Any:
        return cls

    def __getitem__(cls, _key: Any) -> Any:
        return cls


class _StandIn(metaclass=_StandInType):
    """Any class or function of a package left out; only a decorator may be called."""

    def __new__(cls, *given: Any, **_options: Any) -> Any:
        if cls.__dict__.get("decorates"):
            return _decorated(cls, given)
        raise LeftOutError(f"{cls.__qualname__} is needed, and this environment leaves it out")


def _decorated(stand_in: type, given: Sequence[Any]) -> Callable[..., Any]:
    """The thing decorated, untouched; called with settings alone, a decorator that does so."""
    if len(given) == 1 and callable(given[0]):
        decorated: Callable[..., Any] = given[0]
        return decorated
    if any(not isinstance(one, str) for one in given):
        raise LeftOutError(f"{stand_in.__qualname__} is needed, and this environment leaves it out")
    return lambda thing: thing


def _stand_in(name: str) -> type:
    # TensorFlow's decorators are functions, in small letters, and run when Rasa is imported.
    decorates = name.rpartition(".")[2].islower()
    return _StandInType(
        name, (_StandIn,), {"__module__": __name__, "__qualname__": name, "decorates": decorates}
    )


class _StandInModule(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = _stand_in(f"{self.__name__}.{name}")
        setattr(self, name, found)
        return found


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, _path: Any, _target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] not in LEFT_OUT:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = _StandInModule(spec.name)
        module.__path__ = []
        module.__version__ = VERSION  # type: ignore[attr-defined]
        return module

    def exec_module(self, _module: types.ModuleType) -> None:
        return
