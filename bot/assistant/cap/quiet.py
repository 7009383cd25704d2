"""Keeps what people write out of Rasa's log: while serving, a record says where, never what."""

import logging
import traceback
import warnings
from typing import Any


def keep_words_out(*, serving: bool) -> None:
    """Training and tests may speak plainly (no people's words are in them); serving may not."""
    warnings.filterwarnings("ignore")
    if serving:
        logging.setLogRecordFactory(_Wordless)


class _Wordless(logging.LogRecord):
    """A record without its message: Rasa puts texts, slot values and events there."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        fault = self.exc_info[1] if isinstance(self.exc_info, tuple) else None
        self.msg = f"{self.levelname.lower()} at {self.name}:{self.funcName}:{self.lineno}"
        if fault is not None:
            self.msg += f" {type(fault).__name__} from {_place(fault)}"
        self.args = ()
        self.exc_info = None
        self.exc_text = None
        self.stack_info = None


def _place(fault: BaseException) -> str:
    frames = traceback.extract_tb(fault.__traceback__)
    return " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-3:]))
