"""Hostile input by a seeded chance: texts, JSON values, bodies near to right ones, raw requests."""

import json
import random
import uuid
from collections.abc import Mapping
from typing import Any

EDGES = (
    "", " ", "\x00", "\ud800", "\udfff\ud800", "\ufeff", "\u202e\u2066", "\U000e0041", "²", "٣",
    "0" * 5000, "9" * 400, "-1", "1e999", "NaN", "null", "true", "[]", "{}", "'", '"', "\\", "%00",
    "' OR 1=1 --", "<script>alert(1)</script>", "{{7*7}}", "../../etc/passwd", "\r\nX: y",
    "🙂" * 50,
    "a\u0301" * 200, "ﷺ" * 100, "I want to die", "01/02/1999", "LE1 1AA", "07700 900461",
)  # fmt: skip
BLOCKS = ((0x20, 0x7F), (0xA0, 0x24F), (0x370, 0x5FF), (0x600, 0x6FF), (0x900, 0x97F),
          (0x2000, 0x206F), (0x2600, 0x27BF), (0x4E00, 0x4EFF), (0xD7F0, 0xE010), (0xFE00, 0xFE0F),
          (0x1F300, 0x1F64F), (0xE0000, 0xE007F), (0x10FF00, 0x10FFFF), (0, 0x1F))  # fmt: skip
DEEP = 200


class Chance:
    """The same seed makes the same inputs."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def text(self, longest: int = 80) -> str:
        if self.draw.random() < 0.3:
            return self.draw.choice(EDGES)
        low, high = self.draw.choice(BLOCKS)
        length = self.draw.randrange(longest)
        return "".join(chr(self.draw.randint(low, high)) for _ in range(length))

    def value(self, depth: int = 3) -> Any:  # noqa: PLR0911 - one of each kind
        kind = self.draw.randrange(10 if depth else 7)
        match kind:
            case 0:
                return None
            case 1:
                return self.draw.choice([True, False])
            case 2:
                return self.draw.choice([0, -1, 1, 2**31, 2**53 + 1, 2**63, -(2**63), 10**400])
            case 3:
                return self.draw.choice([0.5, -0.0, 1e308, 1e-320])
            case 4:
                return str(uuid.UUID(int=self.draw.getrandbits(128), version=4))
            case 5 | 6:
                return self.text()
            case 7:
                return [self.value(depth - 1) for _ in range(self.draw.randrange(4))]
            case 8:
                return {self.text(12): self.value(depth - 1) for _ in range(self.draw.randrange(4))}
            case _:
                return self.nested()

    def nested(self) -> Any:
        inner: Any = self.text(5)
        for _ in range(self.draw.randrange(DEEP)):
            inner = [inner] if self.draw.random() < 0.5 else {"a": inner}
        return inner

    def body(self, schema: Mapping[str, Any]) -> Any:
        """Mostly of the right names, each right or wrong; sometimes anything."""
        if self.draw.random() < 0.1:
            return self.value()
        fields = schema.get("properties", {})
        made = {name: self.field(fields[name]) for name in fields if self.draw.random() < 0.85}
        if self.draw.random() < 0.1:
            made[self.text(12)] = self.value()
        return made

    def field(self, schema: Mapping[str, Any]) -> Any:  # noqa: PLR0911 - one of each type
        if self.draw.random() < 0.3:
            return self.value()
        schema = self.draw.choice(schema.get("anyOf", [schema]))
        if "enum" in schema:
            return self.draw.choice(schema["enum"])
        match schema.get("type"):
            case "integer" | "number":
                return self.draw.randrange(0, 50)
            case "boolean":
                return self.draw.random() < 0.5
            case "array":
                return [self.text() for _ in range(self.draw.randrange(3))]
            case "null":
                return None
            case _ if schema.get("format") == "uuid":
                return str(uuid.UUID(int=self.draw.getrandbits(128), version=4))
            case _:
                return self.text(400)

    def bytes_of(self, value: Any) -> bytes:
        """JSON, or JSON with a few bytes spoilt."""
        whole = bytearray(json.dumps(value).encode())
        if self.draw.random() < 0.15:
            for _ in range(self.draw.randrange(1, 6)):
                place = self.draw.randrange(len(whole))
                whole[place] = self.draw.randrange(256)
        return bytes(whole)

    def raw_request(self, path: str) -> bytes:
        """A request as no well-behaved program sends one."""
        method = self.draw.choice(["GET", "POST", "PUT", "OPTIONS", "G\x00T", "get", ""])
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
        odd = [
            f"Cookie: cap_chat={self.text(20)}",
            f"Cookie: cap_staff={self.text(20)}; =; ;;",
            f"Authorization: Bearer {self.text(20)}",
            f"Authorization: {self.text(20)}",
            "Content-Type: application/x-www-form-urlencoded; charset=klingon",
            "Content-Type: multipart/form-data; boundary=x",
            "Content-Type: multipart/form-data",
            "Content-Length: 7",
            "Content-Length: -1",
            "Transfer-Encoding: chunked",
            f"Origin: {self.text(20)}",
            f"X-Forwarded-For: {self.text(20)}",
            "Range: bytes=-1-,x",
            "If-None-Match: x\x01",
            "Expect: 100-continue",
            "Accept: \xff",
        ]
        lines += self.draw.sample(odd, self.draw.randrange(4))
        head = "\r\n".join(lines).encode("utf-8", errors="surrogatepass")
        body = self.text(60).encode("utf-8", errors="surrogatepass")
        return head + b"\r\nConnection: close\r\n\r\n" + body
