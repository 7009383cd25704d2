"""The community directory in the shape of Open Referral UK 3.0, and what people did not find.

Names and fields are the standard's; what is ours beside it (source, review) says so.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from models.tables.columns import UtcTime, table_of


class DirectoryOrganization(SQLModel, table=True):
    __tablename__ = "directory_organization"
    id: str = Field(primary_key=True)
    name: str
    description: str = ""
    email: str | None = None
    url: str | None = None


class DirectoryService(SQLModel, table=True):
    """A service of the standard, and beside it: where its facts come from, who may see it, and what
    a search asks first. `version` grows with every change.
    """

    __tablename__ = "directory_service"
    __table_args__ = (
        Index("ix_directory_service_shown", "is_shown", "is_local"),
        Index("ix_directory_service_place", "latitude", "longitude"),
    )
    id: str = Field(primary_key=True)
    organization_id: str = Field(foreign_key="directory_organization.id")
    name: str
    description: str
    status: str
    url: str | None = None
    email: str | None = None
    alert: str | None = None
    application_process: str | None = None
    fees_description: str | None = None
    eligibility_description: str | None = None
    minimum_age: int | None = None
    maximum_age: int | None = None
    assured_date: date | None = None
    assurer_email: str | None = None
    last_modified: datetime = Field(sa_type=UtcTime)
    own: dict[str, Any] = Field(sa_type=JSON)
    source: str = ""
    is_demo: bool = False
    is_shown: bool
    is_local: bool
    is_free: bool
    latitude: float | None = None
    longitude: float | None = None
    digest: str
    version: int = 1
    reviewed_by: str | None = None
    retired_reason: str | None = None


class DirectoryPhone(SQLModel, table=True):
    __tablename__ = "directory_phone"
    id: str = Field(primary_key=True)
    service_id: str = Field(index=True, foreign_key="directory_service.id")
    position: int
    number: str
    type: str | None = None
    description: str | None = None


class DirectorySchedule(SQLModel, table=True):
    __tablename__ = "directory_schedule"
    id: str = Field(primary_key=True)
    service_id: str = Field(index=True, foreign_key="directory_service.id")
    position: int
    freq: str | None = None
    interval: int | None = None
    byday: str | None = None
    opens_at: str | None = None
    closes_at: str | None = None
    description: str | None = None


class DirectoryArea(SQLModel, table=True):
    __tablename__ = "directory_area"
    id: str = Field(primary_key=True)
    service_id: str = Field(index=True, foreign_key="directory_service.id")
    position: int
    name: str


class DirectoryLanguage(SQLModel, table=True):
    __tablename__ = "directory_language"
    id: str = Field(primary_key=True)
    service_id: str = Field(index=True, foreign_key="directory_service.id")
    position: int
    name: str


class DirectoryCost(SQLModel, table=True):
    __tablename__ = "directory_cost"
    id: str = Field(primary_key=True)
    service_id: str = Field(index=True, foreign_key="directory_service.id")
    position: int
    option: str | None = None
    currency: str | None = None
    amount: float | None = None
    amount_description: str | None = None


class DirectoryAtLocation(SQLModel, table=True):
    """A service at a location, with the location: `addresses` as the standard lists them."""

    __tablename__ = "directory_at_location"
    id: str = Field(primary_key=True)
    service_id: str = Field(index=True, foreign_key="directory_service.id")
    position: int
    location_id: str
    location_type: str
    name: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    addresses: list[Any] = Field(sa_type=JSON)


class DirectoryTaxonomy(SQLModel, table=True):
    __tablename__ = "directory_taxonomy"
    id: str = Field(primary_key=True)
    name: str
    description: str = ""


class DirectoryTerm(SQLModel, table=True):
    __tablename__ = "directory_term"
    id: str = Field(primary_key=True)
    code: str = Field(index=True)
    name: str
    description: str = ""
    taxonomy: str = ""
    taxonomy_id: str | None = Field(default=None, foreign_key="directory_taxonomy.id")
    parent_id: str | None = None


class DirectoryAttribute(SQLModel, table=True):
    """A service carries a term."""

    __tablename__ = "directory_attribute"
    __table_args__ = (Index("ix_directory_attribute_code", "code", "service_id"),)
    id: str = Field(primary_key=True)
    service_id: str = Field(index=True, foreign_key="directory_service.id")
    position: int
    taxonomy_term_id: str = Field(foreign_key="directory_term.id")
    code: str


class DirectoryQuestion(SQLModel, table=True):
    """What staff ask the knowledge officer, and the answer."""

    __tablename__ = "directory_question"
    id: str = Field(primary_key=True)
    asked_by: str
    asked_at: datetime = Field(sa_type=UtcTime)
    text: str
    service_id: str | None = None
    answer: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = Field(default=None, sa_type=UtcTime)


class UnmetNeed(SQLModel, table=True):
    """What nobody offers: topic, district, for whom, how often in a month. Of no person: no words,
    no time, no reference.
    """

    __tablename__ = "unmet_need"
    month: str = Field(primary_key=True)
    topic: str = Field(primary_key=True)
    district: str = Field(primary_key=True)
    audience: str = Field(primary_key=True)
    times: int = 0


directory_organizations = table_of(DirectoryOrganization)
directory_services = table_of(DirectoryService)
directory_phones = table_of(DirectoryPhone)
directory_schedules = table_of(DirectorySchedule)
directory_areas = table_of(DirectoryArea)
directory_languages = table_of(DirectoryLanguage)
directory_costs = table_of(DirectoryCost)
directory_at_locations = table_of(DirectoryAtLocation)
directory_taxonomies = table_of(DirectoryTaxonomy)
directory_terms = table_of(DirectoryTerm)
directory_attributes = table_of(DirectoryAttribute)
directory_questions = table_of(DirectoryQuestion)
unmet_needs = table_of(UnmetNeed)
