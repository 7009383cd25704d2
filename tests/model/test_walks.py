"""Random walks through the real use cases: no promise breaks. `make walks` goes on for long."""

import os

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import Walk

WALKS = int(os.environ.get("WALKS_MODEL", "25"))
STEPS = 30


def test_no_promise_breaks_on_any_walk():
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=WALKS,
            stateful_step_count=STEPS,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
