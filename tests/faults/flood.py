"""Floods a service from one address, in a process of its own so that it does not slow those who are
measured: `python -m tests.faults.flood KIND URL SECONDS [TOKEN]`. Ends by itself; prints counts.
"""

import asyncio
import contextlib
import itertools
import json
import math
import os
import sys
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable

import aiohttp

from tests.faults.raw import HERE, Raw, command, frame

PLAIN = "Could you tell me when the booking team is open"
AT_ONCE = 60
PAUSE = 0.01
BADS = (
    "42/chat,1[",
    "45/chat,1-",
    '42/chat,2["message:send",{"text":1}]',
    '42/chat,3["none:such",{}]',
    "44/chat,{}",
    "42" + "[" * 5000,
)


class Flood:
    """One attack. Each worker goes on until told to stop, whatever becomes of its link."""

    def __init__(self, url: str, tokens: list[str]) -> None:
        self.url, self.tokens = url, tokens
        self.counts: Counter[str] = Counter()
        self.reading: set[asyncio.Task[bytes]] = set()

    async def run(self, kind: str, seconds: float) -> Counter[str]:
        """`lasted` is in whole seconds, the last one begun."""
        began = time.monotonic()
        workers = [
            asyncio.create_task(self._again(getattr(self, kind), number))
            for number in range(AT_ONCE)
        ]
        await asyncio.sleep(seconds)
        for task in (*workers, *self.reading):
            task.cancel()
        await asyncio.gather(*workers, *self.reading, return_exceptions=True)
        self.counts["lasted"] = math.ceil(time.monotonic() - began)
        return self.counts

    async def _again(self, attack: Callable[[int], Awaitable[None]], number: int) -> None:
        while True:
            try:
                await attack(number)
            except (OSError, AssertionError, aiohttp.ClientError):
                self.counts["cut"] += 1
            await asyncio.sleep(0)

    def _reads(self, link: Raw) -> asyncio.Task[bytes]:
        """What comes is taken and thrown away."""
        reading = asyncio.create_task(link.hear_all())
        reading.add_done_callback(lambda read: read.cancelled() or read.exception())
        self.reading.add(reading)
        reading.add_done_callback(self.reading.discard)
        return reading

    async def connects(self, number: int) -> None:
        """Open a socket, join with a token that is none, leave."""
        link = await Raw.open(self.url)
        with contextlib.closing(link.sock):
            await link.upgrade()
            await link.say(frame('40/chat,{"token":"none"}'))
            self.counts["refused" if b"not_signed_in" in await link.hear() else "other"] += 1

    async def bad_frames(self, number: int) -> None:
        link = await Raw.open(self.url)
        with contextlib.closing(link.sock):
            await (await link.upgrade()).join(self.tokens[0])
            reading = self._reads(link)
            for bad in itertools.cycle(BADS[number % len(BADS) :]):
                await link.say(frame(bad) * 20)
                self.counts["frames"] += 20
                assert not reading.done()
                await asyncio.sleep(PAUSE)

    async def messages(self, number: int) -> None:
        """Of one conversation, by many links at once, long ones among them."""
        link = await Raw.open(self.url)
        with contextlib.closing(link.sock):
            await (await link.upgrade()).join(self.tokens[0])
            reading = self._reads(link)
            while not reading.done():
                text = PLAIN if number % 4 else PLAIN * 60
                payload = {"client_ref": str(uuid.uuid4()), "text": text}
                await link.say(command(1, "message:send", payload))
                self.counts["messages"] += 1
                await asyncio.sleep(PAUSE)

    async def starts(self, number: int) -> None:
        """New conversations, as fast as they are answered."""
        connector = aiohttp.TCPConnector(local_addr=(HERE, 0))
        async with aiohttp.ClientSession(connector=connector) as http:
            while True:
                body = {"text": PLAIN}
                async with http.post(f"{self.url}/api/conversations", json=body) as answer:
                    self.counts[str(answer.status)] += 1

    async def pages(self, number: int) -> None:
        connector = aiohttp.TCPConnector(local_addr=(HERE, 0))
        async with aiohttp.ClientSession(connector=connector) as http:
            while True:
                async with http.get(f"{self.url}/chat") as answer:
                    await answer.read()
                    self.counts[str(answer.status)] += 1


def main() -> None:
    os.nice(19)  # whoever floods has a machine of their own; here they get what others leave
    kind, url, seconds, *tokens = sys.argv[1:]
    counts = asyncio.run(Flood(url, tokens).run(kind, float(seconds)))
    sys.stdout.write(json.dumps(counts) + "\n")


if __name__ == "__main__":
    main()
