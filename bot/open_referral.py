"""Open Referral UK 3.0, as we read it: what a service must have, and what of it we keep.

Checks and tidies; stores nothing. Problems name fields, never what stood in them.
"""

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

OURS = uuid.UUID("6b0f1d0a-4f0e-5d53-9a37-1f0f6c3d2b77")
"""The namespace of ids that we give to what came without one."""

Name = Annotated[str, Field(min_length=1, max_length=250)]
Text = Annotated[str, Field(max_length=5000)]
Link = Annotated[str, Field(pattern=r"^https?://\S+$", max_length=500)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?(Z|[+-]\d\d:\d\d)?$")]
Days = Annotated[str, Field(pattern=r"^(\d*(MO|TU|WE|TH|FR|SA|SU))(,\d*(MO|TU|WE|TH|FR|SA|SU))*$")]
Age = Annotated[int, Field(ge=0, le=120)]


def made_id(*parts: object) -> str:
    """The same id for the same parts, always."""
    return str(uuid.uuid5(OURS, "|".join(str(part) for part in parts)))


class Part(BaseModel):
    """What the standard has and we do not keep is left out."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)
    id: uuid.UUID


class Organization(Part):
    name: Name
    description: Text = ""
    email: str | None = None
    url: str | None = None


class Phone(Part):
    number: Annotated[str, Field(pattern=r"^[+\d][\d ()-]{1,24}$")]
    type: str | None = None
    description: str | None = None


class Schedule(Part):
    freq: str | None = None
    interval: Annotated[int, Field(ge=0, le=1000)] | None = None
    byday: Days | None = None
    opens_at: Clock | None = None
    closes_at: Clock | None = None
    description: str | None = None


class Area(Part):
    name: Name


class Language(Part):
    name: Name


class Cost(Part):
    option: str | None = None
    currency: str | None = None
    amount: Annotated[float, Field(allow_inf_nan=False)] | None = None
    amount_description: str | None = None


class Address(Part):
    address_1: str | None = None
    city: str | None = None
    state_province: str | None = None
    postal_code: str | None = None
    country: str | None = None
    address_type: str | None = None


class Location(Part):
    location_type: str = "physical"
    name: str | None = None
    latitude: Annotated[float, Field(ge=49, le=61)] | None = None
    longitude: Annotated[float, Field(ge=-9, le=3)] | None = None
    addresses: list[Address] = []


class AtLocation(Part):
    location: Location


class Term(Part):
    code: str = ""
    name: Name
    description: Text = ""
    taxonomy: str = ""
    taxonomy_id: uuid.UUID | None = None
    parent_id: uuid.UUID | None = None

    @model_validator(mode="after")
    def _has_a_code(self) -> "Term":
        self.code = self.code or re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")
        return self


class Taxonomy(Part):
    name: Name
    description: Text = ""


class Attribute(Part):
    taxonomy_term: Term


class Own(BaseModel):
    """What is ours: where the facts come from, and who may see them."""

    model_config = ConfigDict(extra="ignore")
    key: str = ""
    source: str = ""
    record_status: str = ""
    show_public: bool = True
    demo: bool = False
    coordinates: str | None = None


class Service(Part):
    name: Name
    description: Text
    status: Literal["active", "inactive", "defunct", "temporarily closed"]
    organization: Organization
    url: Link | None = None
    email: Annotated[str, Field(pattern=r"^\S+@\S+\.\S+$")] | None = None
    alert: Text | None = None
    application_process: Text | None = None
    fees_description: Text | None = None
    eligibility_description: Text | None = None
    minimum_age: Age | None = None
    maximum_age: Age | None = None
    assured_date: date | None = None
    assurer_email: str | None = None
    phones: list[Phone] = []
    schedules: list[Schedule] = []
    service_areas: list[Area] = []
    languages: list[Language] = []
    cost_options: list[Cost] = []
    attributes: list[Attribute] = []
    service_at_locations: list[AtLocation] = []
    x_cap: Own = Own()


LISTS = (
    "phones",
    "schedules",
    "service_areas",
    "languages",
    "cost_options",
    "attributes",
    "service_at_locations",
)


@dataclass(frozen=True, slots=True)
class Read:
    """One entry of a file: the service in our form, or what is wrong with it, by field."""

    number: int
    document: dict[str, Any] | None
    problems: tuple[str, ...] = ()


def read_all(content: object) -> Iterator[Read]:
    """Every service of a file: a list, {"services"}, a page's {"contents"}, or one alone."""
    for number, raw in enumerate(_listed(content), start=1):
        yield read_one(raw, number=number)


def read_taxonomies(content: object) -> list[dict[str, Any]]:
    """The taxonomies of a file; what is none is left out."""
    found = []
    for raw in content if isinstance(content, list) else ():
        with suppress(ValidationError):
            found.append(Taxonomy.model_validate(raw).model_dump(mode="json"))
    return found


def read_one(raw: object, *, number: int = 1) -> Read:
    try:
        service = Service.model_validate(_with_ids(raw))
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
        problems = (".".join(str(part) for part in fault["loc"]) or "entry" for fault in found)
        return Read(number, None, tuple(dict.fromkeys(problems)))
    return Read(number, service.model_dump(mode="json", exclude_none=True))


def _listed(content: object) -> Sequence[object]:
    if isinstance(content, list):
        return content
    if isinstance(content, Mapping):
        for name in ("services", "contents"):
            if isinstance(content.get(name), list):
                found: list[object] = content[name]
                return found
    return [content]


def _with_ids(raw: object) -> object:
    """Ids for the parts that came without: of the service's id, the kind of part and its place."""
    if not isinstance(raw, Mapping):
        return raw
    service = dict(raw)
    for name in LISTS:
        if isinstance(service.get(name), list):
            service[name] = [
                {"id": made_id(service.get("id"), name, place), **part}
                if isinstance(part, Mapping)
                else part
                for place, part in enumerate(service[name])
            ]
        elif service.get(name) is None:
            service.pop(name, None)
    return service
