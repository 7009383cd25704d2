"""Where hostile input goes in, and what must be true of every answer. A finding is a sentence with
the input that led to it.
"""

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any
from urllib.parse import quote

import aiohttp
import socketio
from yarl import URL

from bot.fields import READERS
from chat.directory_file import export_text, import_text
from handoff.first_reader import FirstReader
from models.errors import ServiceError
from models.vocabulary import AuthorType
from tests.fuzz.inputs import Chance
from tests.service import Console, Link, Person, Running, readers
from web.api.document import document
from web.cli import directory, fields, screen, stream, understand
from web.keys import CONSOLE, SETTINGS

Target = Callable[[Chance], Awaitable[str | None]]
PAGES = ("/", "/chat", "/directory", "/directory/none", "/staff/sign-in", "/static/none")
FORMS = ("/chat", "/staff/sign-in", "/staff/sign-in/enrol", "/staff/sign-out")
APART = {"/api/dev/clock", "/readyz"}
"""The one moves time, the other may say 503."""
UNCAUGHT = re.compile(r"could not be read")
WRONG = 500


class Http:
    """The routes of the OpenAPI document, the forms of the pages, and requests that are none."""

    def __init__(self, service: Running, http: aiohttp.ClientSession) -> None:
        self.service, self.http = service, http
        told = document(service.app)
        self.schemas = told["components"]["schemas"]
        self.operations = [
            (method, path, operation)
            for path, operations in told["paths"].items()
            for method, operation in operations.items()
            if path
            not in {"/api/dev/clock", "/readyz"}  # the one moves time, the other may say 503
        ]

    async def api(self, chance: Chance) -> str | None:
        method, path, operation = chance.draw.choice(self.operations)
        parameters = operation["parameters"]
        for gap in re.findall(r"\{[^}]+\}", path):
            path = path.replace(gap, quote(chance.text(20) or "x", safe="", errors="replace"))
        query = "&".join(
            f"{parameter['name']}={quote(chance.text(), safe='', errors='replace')}"
            for parameter in parameters
            if parameter["in"] == "query" and chance.draw.random() < 0.8
        )
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        data = None
        if content:
            schema = self.schemas[content["schema"]["$ref"].rsplit("/", 1)[-1]]
            data = chance.bytes_of(chance.body(schema))
        return await self._ask(method, f"{path}?{query}"[:7000], data)

    async def form(self, chance: Chance) -> str | None:
        path = chance.draw.choice(FORMS)
        names = ["act", "text", "choice", "client_ref", "username", "password", "code"]
        acts = ["send", "choose", "person", "finish", "resume", "forget"]
        made = "&".join(
            f"{name}={quote(chance.text(200), errors='replace')}"
            for name in names
            if chance.draw.random() < 0.6
        )
        made += f"&act={chance.draw.choice(acts)}"
        return await self._ask("post", path, made.encode(), form=True)

    async def page(self, chance: Chance) -> str | None:
        path = chance.draw.choice(PAGES)
        return await self._ask("get", f"{path}?q={quote(chance.text(), errors='replace')}"[:7000])

    async def raw(self, chance: Chance) -> str | None:
        path = chance.draw.choice([*PAGES, *FORMS, "/api/conversations", "/socket.io/", "*", "//"])
        sent = chance.raw_request(path)
        host, port = self.service.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            writer.write(sent)
            writer.write_eof()
            async with asyncio.timeout(10):
                line = await reader.readline()
        except TimeoutError:
            return f"no answer in ten seconds to {sent!r}"
        except ConnectionError:
            return None
        finally:
            writer.close()
        status = line.split(b" ")[1:2]
        return f"{line!r} to {sent!r}" if status and int(status[0]) >= WRONG else None

    async def _ask(
        self, method: str, path: str, data: bytes | None = None, *, form: bool = False
    ) -> str | None:
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        headers = {"Content-Type": kind} if data is not None else {}
        async with self.http.request(
            method,
            URL(f"{self.service.url}{path}", encoded=True),
            data=data,
            headers=headers,
            allow_redirects=False,
        ) as answer:
            await answer.read()
            return (
                f"{answer.status} to {method} {path} {data!r}" if answer.status >= WRONG else None
            )


class Sockets:
    """Every command of both sockets, and events that are none."""

    def __init__(self, service: Running, person: Person, console: Console) -> None:
        self.service = service
        self.links: dict[str, Link] = {"/chat": person, "/console": console}
        namespaces = service.app[CONSOLE].server.namespace_handlers
        self.commands = [
            (namespace, event, handles.shape.model_json_schema())
            for namespace in self.links
            for event, handles in namespaces[namespace].table.items()
            if event != "conversation:leave"
        ]

    async def command(self, chance: Chance) -> str | None:
        namespace, event, schema = chance.draw.choice(self.commands)
        if chance.draw.random() < 0.05:
            event = chance.text(20).encode(errors="replace").decode() or "none"
        if event in {"connect", "disconnect"}:
            return None
        payload = json.loads(json.dumps(chance.body(schema)), parse_int=_decodable)
        link = self.links[namespace]
        try:
            answer = await link.client.call(event, payload, namespace=namespace, timeout=3)
        except (socketio.exceptions.TimeoutError, socketio.exceptions.BadNamespaceError):
            return await self._reopened(namespace, event, link)
        if not isinstance(answer, dict) or "ok" not in answer:
            return f"{answer!r} to {event!r} {payload!r}"
        broken = not answer["ok"] and answer["error"]["code"] == "unavailable"
        return f"unavailable to {event!r} {payload!r}" if broken else None

    async def _reopened(self, namespace: str, event: str, link: Link) -> str | None:
        """What the library cannot decode ends the link of who sent it, and no other; they may come
        again.
        """
        if link.client.connected and namespace in link.client.namespaces:
            return f"no acknowledgement of {event!r} on a link that is up"
        if self.links[namespace] is link:
            new = Person() if namespace == "/chat" else Console()
            self.links[namespace] = await new.arrive(self.service.url)
        return None

    async def close(self) -> None:
        for link in self.links.values():
            await link.close()


def _decodable(digits: str) -> int:
    """The library drops a packet with a longer number unread, so that nothing could answer it."""
    return int(digits[:99])


class Filters:
    """One line in, one line out, whatever the line."""

    def __init__(self, service: Running) -> None:
        loaded = readers()
        self.search_work = directory.build_search(service.app[SETTINGS])
        self.works: dict[str, stream.Work] = {
            "screen": partial(screen._work, loaded),
            "understand": partial(understand._work, loaded),
            "fields": partial(fields._work, loaded, FirstReader.load()),
            "search": self.search_work,
        }

    def target(self, name: str) -> Target:
        async def run(chance: Chance) -> str | None:
            line = self.line(name, chance)
            return self.judged(name, line)

        return run

    def line(self, name: str, chance: Chance) -> bytes:
        given: dict[str, Any] = {"id": chance.draw.randrange(100)}
        match name:
            case "fields":
                given |= {"field": chance.draw.choice(sorted(READERS)), "answer": chance.text(200)}
            case "search":
                given |= {"query": chance.text(200)}
            case _:
                given |= {"text": chance.text(300)}
                if chance.draw.random() < 0.3:
                    given["author"] = chance.draw.choice([*AuthorType, chance.text(9)])
                if chance.draw.random() < 0.2:
                    given["earlier"] = [chance.text(40) for _ in range(chance.draw.randrange(3))]
        if chance.draw.random() < 0.1:
            given[chance.text(9)] = chance.value()
        if chance.draw.random() < 0.1:
            return chance.bytes_of(chance.value())
        return chance.bytes_of(given)

    def judged(self, name: str, line: bytes) -> str | None:
        [written] = self.works[name]([line])
        if "\n" in written.line:
            return f"{name}: more than a line for {line!r}"
        told = json.loads(written.line)
        if written.bad and UNCAUGHT.search(told["error"]):
            return f"{name}: {told['error']} for {line!r}"
        return None


class Imports:
    """Directory files: taken, refused entry by entry, or refused whole; never a crash."""

    def __init__(self, service: Running) -> None:
        self.settings, self.watch = service.app[SETTINGS], service.watch
        self.right = json.loads(_exported(self.settings.database_url))

    async def file(self, chance: Chance) -> str | None:
        is_csv = chance.draw.random() < 0.3
        text = self._csv(chance) if is_csv else self._json(chance)
        try:
            await asyncio.to_thread(
                import_text,
                self.settings.database_url,
                text,
                is_csv=is_csv,
                demo=True,
                now=self.watch.now(),
                dry_run=True,
            )
        except ServiceError:
            return None
        except Exception as error:
            return f"import: {type(error).__name__}: {str(error)[:200]} for {text[:1500]!r}"
        return None

    def _json(self, chance: Chance) -> str:
        if chance.draw.random() < 0.1:
            return chance.bytes_of(chance.value()).decode(errors="replace")
        service = json.loads(json.dumps(chance.draw.choice(self.right["services"])))
        for _ in range(chance.draw.randrange(1, 4)):
            self._spoil(chance, service)
        content: Any = {"services": [service]}
        if chance.draw.random() < 0.2:
            content["taxonomies"] = chance.value()
        return json.dumps(content)

    def _spoil(self, chance: Chance, part: Any) -> None:
        while isinstance(part, dict | list) and part:
            keys = list(part) if isinstance(part, dict) else range(len(part))
            key = chance.draw.choice(list(keys))
            if chance.draw.random() < 0.4 or not isinstance(part[key], dict | list):
                part[key] = chance.value()
                return
            part = part[key]

    def _csv(self, chance: Chance) -> str:
        rows = ["id,name,description", *(",".join(chance.text(20) for _ in "abc") for _ in "ab")]
        return "\n".join(rows)


def _exported(url: str) -> str:
    return export_text(url, as_csv=False)


@contextlib.asynccontextmanager
async def everything(service: Running) -> AsyncIterator[dict[str, tuple[int, Target]]]:
    """Each target with its share of the inputs."""
    async with aiohttp.ClientSession() as http:
        person, console = await Person().arrive(service.url), await Console().arrive(service.url)
        await console.do("entry:next")
        web, sockets = Http(service, http), Sockets(service, person, console)
        filters, imports = Filters(service), Imports(service)
        try:
            yield {
                "api": (30, web.api),
                "forms": (3, web.form),
                "pages": (3, web.page),
                "raw requests": (4, web.raw),
                "sockets": (24, sockets.command),
                "screen": (3, filters.target("screen")),
                "understand": (3, filters.target("understand")),
                "fields": (20, filters.target("fields")),
                "search": (8, filters.target("search")),
                "imports": (2, imports.file),
            }
        finally:
            await sockets.close()
