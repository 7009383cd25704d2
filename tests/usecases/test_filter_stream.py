"""Filters over a stream: order, promptness, bad lines, many cores, a reader that leaves."""

import io
import json
import os
import threading

from web.cli import stream
from web.cli.records import BadLineError, Shape, answer_all

SHAPE = Shape(
    texts=frozenset({"text"}),
    optional_texts=frozenset({"author"}),
    optional_lists=frozenset({"earlier"}),
)


def _answer(record):
    match record["text"]:
        case "not this":
            raise BadLineError("this one not")
        case "break":
            raise ZeroDivisionError
        case text:
            return {"id": record["id"], "length": len(text), "process": os.getpid()}


def build():
    return lambda lines: answer_all(lines, shape=SHAPE, answer=_answer)


def build_without_a_model():
    raise FileNotFoundError("no model")


def answers(*lines, processes=1, make=build):
    sink = io.StringIO()
    code = stream.run(make, source=iter(lines), sink=sink, processes=processes)
    return code, [json.loads(line) for line in sink.getvalue().splitlines()]


def line(number, text, **more):
    return json.dumps({"id": number, "text": text, **more}).encode() + b"\n"


def test_every_line_is_answered_in_its_order():
    code, read = answers(*(line(number, "x" * number) for number in range(90)))
    assert code == 0
    assert [(record["id"], record["length"]) for record in read] == [(n, n) for n in range(90)]


def test_a_bad_line_is_named_and_the_run_goes_on():
    code, read = answers(
        b"what\n", line(1, "not this"), line(2, "break"), b"\n", b"[1]\n", b"\xff\n", line(3, "ok")
    )
    assert code == 1
    assert [record["id"] for record in read] == [None, 1, 2, None, None, None, 3]
    assert ["error" in record for record in read] == [True] * 6 + [False]


def test_a_line_of_another_shape_is_refused():
    code, read = answers(
        line(1, 5),
        line(2, "a", earlier="b"),
        line(3, "a", earlier=[1]),
        line(4, "a", author=7),
        line(5, "a", unknown="b"),
        json.dumps({"id": 6}).encode(),
        json.dumps({"text": "no id"}).encode(),
        line(8, "a", author=None, earlier=["b"]),
    )
    assert code == 1
    assert [record["id"] for record in read if "error" in record] == [1, 2, 3, 4, 5, 6, None]


def test_an_error_never_repeats_the_words():
    _, read = answers(line(1, "break"), b"secret words\n", line(3, "a", secret="secret"))
    assert "secret" not in json.dumps(read)


def test_lone_surrogates_and_huge_numbers_come_through():
    code, read = answers(b'{"id": "\\ud800", "text": "\\udfff"}\n', b'{"id": NaN, "text": "a"}\n')
    assert code == 1
    assert read[0] == {"id": "\ud800", "length": 1, "process": os.getpid()}
    assert read[1]["id"] is None


def test_a_slow_source_is_answered_before_its_next_line():
    sink, answered = _Sink(), []

    def source():
        for number in range(3):
            yield line(number, "a")
            answered.append(sink.wrote.wait(20))
            sink.wrote.clear()

    assert stream.run(build, source=source(), sink=sink, processes=1) == 0
    assert answered == [True, True, True]


def test_much_work_is_shared_between_processes_and_stays_in_order():
    lines = [line(number, "a") for number in range(2 * stream.MUCH)]
    code, read = answers(*lines, processes=2)
    assert code == 0
    assert [record["id"] for record in read] == list(range(2 * stream.MUCH))
    assert os.getpid() not in {record["process"] for record in read}


def test_a_filter_that_cannot_start_says_so_with_one_process_or_two():
    lines = [line(number, "a") for number in range(2 * stream.MUCH)]
    for processes in (1, 2):
        try:
            answers(*lines, processes=processes, make=build_without_a_model)
        except FileNotFoundError:
            continue
        raise AssertionError("nothing was raised")


def test_a_reader_that_leaves_ends_the_run_quietly():
    lines = (line(number, "a") for number in range(500))
    assert stream.run(build, source=lines, sink=_ClosedSink(), processes=1) == 0


class _Sink(io.StringIO):
    def __init__(self):
        super().__init__()
        self.wrote = threading.Event()

    def flush(self):
        self.wrote.set()


class _ClosedSink(io.StringIO):
    def write(self, _text):
        raise BrokenPipeError
