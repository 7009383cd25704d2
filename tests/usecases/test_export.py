"""What is held of an enquiry, handed out whole: as JSON and as FHIR, and noted."""

import json
import re

import pytest
from sqlalchemy import select, update

from chat import fhir
from models.tables import audit_rows, conversations, enquiries
from models.vocabulary import Priority
from web.cli.__main__ import main

CAPTURED = {
    "nhs_number": "9434765919",
    "call_me": "Zebedee",
    "phone": "07700900461",
    "dob_or_age": "1990-02-01",
    "place": "LE1 1AA",
}


@pytest.fixture
async def reference(desk):
    conversation = await desk.arrive("I am going to kill myself tonight")
    await desk.change(update(enquiries).values(captured=CAPTURED))
    [row] = await desk.rows(conversations, id=conversation)
    return row["reference"]


def exported(tmp_path, capsys, *arguments):
    code = main(["--var", str(tmp_path), "enquiry", "export", *arguments])
    return code, capsys.readouterr()


async def test_all_that_is_held_comes_out_and_that_is_noted(desk, reference, tmp_path, capsys):
    code, told = exported(tmp_path, capsys, reference)
    whole = json.loads(told.out)
    assert code == 0
    assert whole["reference"] == reference
    assert whole["captured"] == CAPTURED
    said = [message["text"] for message in whole["messages"]]
    assert "I am going to kill myself tonight" in said
    assert whole["events"]
    last = select(audit_rows.c.action, audit_rows.c.subject).order_by(audit_rows.c.number.desc())
    row = await desk.service.store.read(lambda db: db.execute(last.limit(1)).one())
    assert tuple(row) == ("enquiry:export", reference)
    assert main(["--var", str(tmp_path), "audit", "verify"]) == 0


async def test_as_fhir_every_reference_leads_to_a_resource_in_it(reference, tmp_path, capsys):
    code, told = exported(tmp_path, capsys, reference, "--fhir")
    whole = json.loads(told.out)
    assert code == 0
    assert (whole["resourceType"], whole["type"]) == ("Bundle", "collection")
    there = {entry["fullUrl"] for entry in whole["entry"]}
    assert set(re.findall(r'"reference": "(urn:[^"]+)"', told.out)) <= there
    assert all(entry["fullUrl"].endswith(entry["resource"]["id"]) for entry in whole["entry"])
    kinds = [entry["resource"]["resourceType"] for entry in whole["entry"]]
    assert kinds[:2] == ["Patient", "ServiceRequest"]
    assert set(kinds[2:]) == {"Communication"}
    patient, request = (entry["resource"] for entry in whole["entry"][:2])
    assert patient["birthDate"] == "1990-02-01"
    assert patient["identifier"][0]["value"] == "9434765919"
    assert request["priority"] in {"stat", "asap"}


async def test_a_reference_that_nobody_has_gives_nothing(desk, tmp_path, capsys):
    code, told = exported(tmp_path, capsys, "CAP-000000-XXXX")
    assert (code, told.out) == (2, "")


async def test_an_anonymous_person_is_a_patient_without_a_name(desk, reference, tmp_path, capsys):
    await desk.change(update(enquiries).values(captured={"dob_or_age": 34}))
    _code, told = exported(tmp_path, capsys, reference, "--fhir")
    patient = json.loads(told.out)["entry"][0]["resource"]
    assert set(patient) == {"resourceType", "id"}


def test_every_priority_has_a_place_in_fhir():
    assert set(fhir.REQUEST_PRIORITY) == set(Priority)
    assert set(fhir.MHSDS) == set(Priority) - {Priority.NONE}
