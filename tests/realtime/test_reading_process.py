"""Messages are read in a process of its own; whatever becomes of it, the next are read."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.practices import PRACTICES_FILE
from chat.reader import MessageReader
from chat.reading import Question, Reading
from models.readings import ReaderFault
from models.vocabulary import FieldId
from tests.service import readers
from web.reading_process import ReadingProcess

pytestmark = pytest.mark.slow
TODAY = date(2026, 3, 2)
PATIENT = timedelta(seconds=60)
QUESTIONS = [
    Question("I want to end my life tonight", TODAY),
    Question("food bank near LE4", TODAY),
    Question("no", TODAY, earlier=("I feel low", "me"), asks=FieldId("known_to_services")),
    Question("", TODAY),
]
ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import time
from bot.practices import PRACTICES_FILE
from web.reading_process import ReadingProcess
if __name__ == "__main__":
    print(ReadingProcess(PRACTICES_FILE).pid.result(), flush=True)
    time.sleep(60)
"""


@contextlib.contextmanager
def started(practices: Path = PRACTICES_FILE) -> Iterator[ReadingProcess]:
    pool = ReadingProcess(practices, stuck_after=timedelta(seconds=0.2))
    try:
        yield pool
    finally:
        pool.stop()


@pytest.fixture
async def pool() -> AsyncIterator[ReadingProcess]:
    with started() as one:
        await asyncio.wrap_future(one.pid)
        yield one


def _is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split()[2]
    except FileNotFoundError:
        return False


async def test_it_reads_as_the_readers_themselves_do(pool):
    reader = MessageReader(pool, limit=PATIENT)
    here = Reading(readers().screen, readers().understander)
    for question in QUESTIONS:
        assert await reader.read(question) == here.read(question)
        assert pool.first(question.text) == here.first(question.text)
    assert pool.pid.result() != os.getpid()


async def test_killed_while_it_reads_it_brings_a_person_and_begins_anew(pool):
    reader, pid = MessageReader(pool, limit=PATIENT), pool.pid.result()
    os.kill(pid, signal.SIGSTOP)  # so that the message is with it when it dies
    reading = asyncio.create_task(reader.read(QUESTIONS[0]))
    await asyncio.sleep(0.1)
    os.kill(pid, signal.SIGKILL)
    assert (await reading).second.fault is ReaderFault.BROKEN
    assert (await reader.read(QUESTIONS[0])).second.priority.is_red
    assert pool.pid.result() != pid


async def test_stuck_it_is_replaced_and_what_waits_brings_people(pool):
    pid = pool.pid.result()
    os.kill(pid, signal.SIGSTOP)
    hasty = MessageReader(pool, limit=timedelta(seconds=0.4))
    found = await asyncio.gather(*(hasty.read(question) for question in QUESTIONS))
    assert {read.second.fault for read in found} <= {ReaderFault.LATE, ReaderFault.BROKEN}
    assert (await MessageReader(pool, limit=PATIENT).read(QUESTIONS[0])).second.priority.is_red
    assert not _is_alive(pid)


async def test_late_in_a_burst_is_no_reason_to_begin_anew(pool):
    pid = pool.pid.result()
    hasty = MessageReader(pool, limit=timedelta(milliseconds=1))
    found = await asyncio.gather(*(hasty.read(QUESTIONS[0]) for _ in range(8)))
    assert {read.second.fault for read in found} == {ReaderFault.LATE}
    assert (await MessageReader(pool, limit=PATIENT).read(QUESTIONS[0])).second.priority.is_red
    assert pool.pid.result() == pid


async def test_late_after_an_idle_while_it_is_not_taken_for_stuck(pool):
    pid = pool.pid.result()
    await asyncio.sleep(0.5)  # longer than what counts as stuck
    hasty = MessageReader(pool, limit=timedelta(milliseconds=1))
    assert (await hasty.read(QUESTIONS[0])).second.fault is ReaderFault.LATE
    assert pool.pid.result() == pid


async def test_it_reads_practices_by_the_list_that_is_kept(tmp_path):
    path = tmp_path / "gp_practices.csv"
    path.write_text(
        "code,name,town,postcode,commissioner\nZ99999,Quillfeather Surgery,Oakham,LE15 6AA,QK1\n",
        encoding="utf-8",
    )
    question = Question("the quillfether one", TODAY, asks=FieldId("gp_practice"))
    with started(path) as pool:
        read = await MessageReader(pool, limit=PATIENT).read(question)
    assert read.understanding.answer is not None
    assert "Quillfeather Surgery" in str(read.understanding.answer.value)


def test_it_does_not_outlive_who_started_it(tmp_path):
    script = tmp_path / "holder.py"
    script.write_text(HOLDER, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        pid = int(holder.stdout.readline())
        assert _is_alive(pid)
        holder.kill()
    until = time.monotonic() + 10
    while _is_alive(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _is_alive(pid)
