"""An enquiry as HL7 FHIR R4, for systems that take referrals: one Bundle of a Patient, a
ServiceRequest and each message as a Communication. Pure; says nothing that the record does not.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from models.vocabulary import Priority

NAMESPACE = uuid.UUID("6f3f2f2e-6c59-4d0e-9f6f-0d6b3c1f9a55")
NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
PRIORITY_SYSTEM = "https://www.datadictionary.nhs.uk/attributes/clinical_response_priority_type"
MHSDS = {
    Priority.EMERGENCY: "1",
    Priority.VERY_URGENT: "4",
    Priority.URGENT: "2",
    Priority.ROUTINE: "3",
}
REQUEST_PRIORITY = {
    Priority.EMERGENCY: "stat",
    Priority.VERY_URGENT: "asap",
    Priority.URGENT: "urgent",
    Priority.ROUTINE: "routine",
    Priority.NONE: "routine",
}
ISO_DATE = 10


def bundle(record: Mapping[str, Any], messages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The same record gives the same Bundle, identifiers included."""
    patient = _entry(record, "Patient", _subject(record["captured"]))
    subject = {"reference": patient["fullUrl"]}
    request = _entry(record, "ServiceRequest", _request(record, subject))
    about = {"reference": request["fullUrl"]}
    told = [
        _entry(record, f"Communication/{message['seq']}", _communication(message, subject, about))
        for message in messages
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": [patient, request, *told]}


def _entry(record: Mapping[str, Any], name: str, resource: dict[str, Any]) -> dict[str, Any]:
    identity = str(uuid.uuid5(NAMESPACE, f"{record['reference']}/{name}"))
    return {"fullUrl": f"urn:uuid:{identity}", "resource": {**resource, "id": identity}}


def _subject(captured: Mapping[str, Any]) -> dict[str, Any]:
    """Only what was answered: an anonymous person is a Patient without a name."""
    patient: dict[str, Any] = {"resourceType": "Patient"}
    if captured.get("nhs_number"):
        patient["identifier"] = [{"system": NHS_NUMBER, "value": str(captured["nhs_number"])}]
    if captured.get("call_me"):
        patient["name"] = [{"use": "usual", "text": str(captured["call_me"])}]
    if captured.get("phone"):
        patient["telecom"] = [{"system": "phone", "value": str(captured["phone"])}]
    born = captured.get("dob_or_age")
    if isinstance(born, str) and len(born) == ISO_DATE:
        patient["birthDate"] = born
    if captured.get("place"):
        patient["address"] = [{"text": str(captured["place"])}]
    return patient


def _request(record: Mapping[str, Any], subject: Mapping[str, str]) -> dict[str, Any]:
    priority = Priority(record["priority"])
    request: dict[str, Any] = {
        "resourceType": "ServiceRequest",
        "identifier": [{"value": record["reference"]}],
        "status": "completed" if record["status"] == "closed" else "active",
        "intent": "order",
        "priority": REQUEST_PRIORITY[priority],
        "subject": subject,
        "authoredOn": record["conversations"][0]["opened_at"],
    }
    if priority in MHSDS:
        coding = {"system": PRIORITY_SYSTEM, "code": MHSDS[priority]}
        request["category"] = [{"coding": [coding]}]
    if record["outcomes"]:
        request["note"] = [{"text": f"Outcomes: {', '.join(record['outcomes'])}"}]
    if record["due_at"]:
        request["occurrenceDateTime"] = record["due_at"]
    return request


def _communication(
    message: Mapping[str, Any], subject: Mapping[str, str], about: Mapping[str, str]
) -> dict[str, Any]:
    communication: dict[str, Any] = {
        "resourceType": "Communication",
        "status": "completed",
        "subject": subject,
        "about": [about],
        "sent": message["at"],
        "payload": [{"contentString": message["text"]}],
    }
    if message["speaker"] == "enquirer":
        communication["sender"] = subject
    else:
        communication["note"] = [{"text": f"Sent by the {message['speaker']} of this service."}]
    return communication
