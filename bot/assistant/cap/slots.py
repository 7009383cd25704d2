"""A slot that rules can branch on while it keeps its value as the service gave it."""

from typing import Any

from rasa.shared.core.slots import Slot

_YES = frozenset({"yes", "true"})


class YesOrNot(Slot):
    """For the rules: yes, or anything else that was answered. `True` and "yes" are the same."""

    type_name = "cap.slots.YesOrNot"

    def _feature_dimensionality(self) -> int:
        return 2

    def _as_feature(self) -> list[float]:
        if self.value is None:
            return [0.0, 0.0]
        yes = _says_yes(self.value)
        return [float(yes), float(not yes)]


def _says_yes(value: Any) -> bool:
    return str(value).strip().lower() in _YES
