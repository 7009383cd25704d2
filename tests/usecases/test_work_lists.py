"""The work lists: each task leads to the next, and nobody drops off between two of them."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from chat import task_ending, task_reading, task_work
from chat.views import stamp
from models.errors import (
    AlreadyClaimedError,
    BadCommandError,
    ClosedError,
    NotAllowedError,
    NotFoundError,
    NotYoursError,
)
from models.facts import TaskAlarm, TaskChanged
from models.tables import audit_rows, clocks, events, tasks
from tests.usecases.desk import APPOINTMENT, Desk
from tests.usecases.worklists import (
    STREAMED,
    accept,
    closed_with,
    plan,
    put,
    result,
    running,
    sees,
    the_enquiry,
    the_task,
)

ALL = [
    "review", "scheduling", "information", "existing_team", "children_hub", "home_treatment",
    "out_of_area", "huddle", "appointments", "navigator", "knowledge", "directory", "welfare",
    "callbacks", "safeguarding", "feedback",
]  # fmt: skip


async def test_every_role_sees_its_own_lists_and_no_other(desk: Desk):
    seen = {}
    for who in ("omar", "helen", "adam", "nadia", "kwame", "sue", "ian"):
        staff = await desk.sign_in(who)
        found = await task_reading.work_list(desk.service, staff, name=None)
        seen[who] = [row["list"] for row in found["lists"]]
    assert seen["nadia"] == ["navigator"]
    assert seen["kwame"] == ["knowledge", "directory"]
    assert seen["helen"] == ["appointments", "callbacks", "feedback"]
    assert "review" in seen["omar"]
    assert "review" not in seen["adam"]
    assert seen["sue"] == seen["ian"] == ALL


async def test_a_task_of_another_list_does_not_exist(desk: Desk):
    await closed_with(desk, "TO_NONURGENT_TRIAGE")
    nadia, adam = await desk.sign_in("nadia"), await desk.sign_in("adam")
    assert await sees(desk, nadia) == []
    with pytest.raises(NotFoundError):
        await sees(desk, nadia, "review")
    for staff in (nadia, adam):
        with pytest.raises(NotFoundError):
            await accept(desk, staff, "review")


async def test_the_auditor_reads_all_and_does_nothing(desk: Desk):
    await closed_with(desk, "TO_NONURGENT_TRIAGE")
    ian = await desk.sign_in("ian")
    assert [task["list"] for task in await sees(desk, ian)] == ["review"]
    with pytest.raises(NotFoundError):
        await accept(desk, ian, "review")


async def test_only_one_takes_a_task_on_and_only_a_supervisor_steps_in(desk: Desk):
    await closed_with(desk, "TO_NONURGENT_TRIAGE")
    omar, grace, sue = [await desk.sign_in(who) for who in ("omar", "grace", "sue")]
    await accept(desk, omar, "review")
    assert (await the_enquiry(desk))["owner_id"] == "omar"
    with pytest.raises(NotYoursError):
        await accept(desk, grace, "review")
    with pytest.raises(AlreadyClaimedError):
        await accept(desk, sue, "review")
    await result(desk, sue, "review", "to_huddle", question="Which specialty?")
    assert [task["list"] for task in await sees(desk, sue)] == ["huddle"]


async def test_from_review_by_way_of_scheduling_to_the_assessment(desk: Desk):
    await closed_with(desk, "TO_NONURGENT_TRIAGE")
    omar, adam = await desk.sign_in("omar"), await desk.sign_in("adam")
    await result(desk, omar, "review", "assess", **STREAMED)
    enquiry = await the_enquiry(desk)
    assert (enquiry["status"], enquiry["owner_id"]) == ("tracking", "scheduling")
    assert "NONURGENT_SCHEDULE" in await running(desk)
    assert "NONURGENT_REVIEW" not in await running(desk)
    (task,) = await sees(desk, adam)
    assert task["detail"]["stream"] == "AMH"
    assert task["detail"]["setting"] == "clinic"
    when = desk.now + timedelta(days=10)
    await result(
        desk, adam, "scheduling", "agreed", appointment_at=when, with_whom="Dr Shah, clinic 2"
    )
    assert (await the_enquiry(desk))["due_at"] == when
    assert "NONURGENT_SCHEDULE" not in await running(desk)
    await result(desk, adam, "scheduling", "took_place", took_place_at=when, **plan(desk))
    enquiry = await the_enquiry(desk)
    assert (enquiry["status"], enquiry["outcomes"][-1]) == ("closed", "ASSESSED")
    assert await running(desk) == set()
    assert await sees(desk, adam) == []


async def test_an_assessment_that_did_not_happen_is_arranged_again(desk: Desk):
    await closed_with(desk, "NONURGENT_ASSESSMENT")
    adam = await desk.sign_in("adam")
    when = desk.now + timedelta(days=3)
    await result(desk, adam, "scheduling", "agreed", appointment_at=when, with_whom="Nurse")
    await desk.wait(days=3)
    alarms = [fact.alarm for fact in desk.told if isinstance(fact, TaskAlarm)]
    assert [alarm["list"] for alarm in alarms if alarm["kind"] == "task_due"][-1] == "scheduling"
    await result(desk, adam, "scheduling", "did_not_happen", reason="snow")
    assert "NONURGENT_SCHEDULE" in await running(desk)
    assert (await the_enquiry(desk))["status"] == "tracking"
    assert [task["state"] for task in await sees(desk, adam)] == ["open"]


@pytest.mark.parametrize(
    ("stream", "missing"),
    [
        ({"stream": "MIXED"}, "specialties"),
        ({"stream": "MIXED", "specialties": ["AMH"]}, "specialties"),
        ({"stream": "SPECIALIST"}, "sub"),
    ],
)
async def test_a_stream_needs_what_it_needs(desk: Desk, stream, missing):
    await closed_with(desk, "TO_NONURGENT_TRIAGE")
    omar = await desk.sign_in("omar")
    with pytest.raises(BadCommandError) as error:
        await result(desk, omar, "review", "assess", **{**STREAMED, **stream})
    assert error.value.hint == missing


async def test_a_mixed_stream_takes_two_specialties(desk: Desk):
    await closed_with(desk, "TO_NONURGENT_TRIAGE")
    omar, adam = await desk.sign_in("omar"), await desk.sign_in("adam")
    mixed = {**STREAMED, "stream": "MIXED", "specialties": ["AMH", "LD"]}
    await result(desk, omar, "review", "assess", **mixed)
    (task,) = await sees(desk, adam)
    assert task["detail"]["specialties"] == ["AMH", "LD"]


async def test_a_clinical_close_from_a_list_needs_the_whole_plan(desk: Desk):
    await closed_with(desk, "TO_NONURGENT_TRIAGE")
    omar = await desk.sign_in("omar")
    with pytest.raises(BadCommandError) as error:
        await result(desk, omar, "review", "advise")
    assert error.value.hint == "plan_for_person,next_owner,next_step,due_at,worse_told"
    assert (await the_enquiry(desk))["status"] == "tracking"
    await result(desk, omar, "review", "advise", **plan(desk))
    enquiry = await the_enquiry(desk)
    assert (enquiry["status"], enquiry["plan_for_person"]) == (
        "closed",
        plan(desk)["plan_for_person"],
    )
    assert enquiry["due_at"] is None


async def test_a_result_is_refused_when_its_outcome_is_not_this_roles_to_set(desk: Desk):
    await closed_with(desk, "TO_NONURGENT_TRIAGE")
    grace = await desk.sign_in("grace")
    with pytest.raises(NotAllowedError):
        await result(desk, grace, "review", "gp_check_first", asked_of="GP", question="bloods")


@pytest.mark.parametrize("said", [{"nonsense": "x"}, {"asked_of": 5}, {"asked_of": ["a"]}])
async def test_an_answer_that_was_not_asked_for_is_a_bad_command(desk: Desk, said):
    await closed_with(desk, "TO_NONURGENT_TRIAGE")
    omar = await desk.sign_in("omar")
    with pytest.raises(BadCommandError):
        await result(desk, omar, "review", "ask_information", **{"question": "q", **said})


async def test_information_is_chased_and_comes_back_to_the_reviewer(desk: Desk):
    await closed_with(desk, "TO_NONURGENT_TRIAGE")
    omar, adam = await desk.sign_in("omar"), await desk.sign_in("adam")
    await result(desk, omar, "review", "ask_information", asked_of="GP", question="Medicines?")
    task = await the_task(desk, "information")
    for n in (1, 2):
        chased = await task_work.chase(desk.service, adam, task=task, note="rang the surgery")
        assert chased["chases"] == n
    await result(desk, adam, "information", "answered", answer="Sertraline 50 mg")
    assert "INFO_REQUEST" not in await running(desk)
    (back,) = await sees(desk, omar, "review")
    assert back["detail"]["answer"] == "Sertraline 50 mg"


async def test_a_passed_on_person_is_tracked_until_the_team_has_seen_them(desk: Desk):
    await closed_with(desk, "EXISTING_TEAM")
    adam = await desk.sign_in("adam")
    with pytest.raises(BadCommandError):
        await accept(desk, adam, "existing_team")
    await accept(desk, adam, "existing_team", person="Jo Hill, CMHT duty")
    enquiry = await the_enquiry(desk)
    assert (enquiry["owner_kind"], enquiry["owner_id"]) == ("team", "Jo Hill, CMHT duty")
    assert (await desk.rows(clocks, kind="TRANSFER_ACCEPT"))[0]["met_at"] is not None
    with pytest.raises(AlreadyClaimedError):
        await accept(desk, adam, "existing_team", person="Somebody else")
    assert enquiry["status"] == "tracking"
    await result(desk, adam, "existing_team", "seen", took_place_at=desk.now, **plan(desk))
    assert (await the_enquiry(desk))["status"] == "closed"


async def test_a_team_that_refuses_sends_the_person_back_to_review(desk: Desk):
    await closed_with(desk, "EXISTING_TEAM")
    adam, omar = await desk.sign_in("adam"), await desk.sign_in("omar")
    await result(desk, adam, "existing_team", "refused", reason="discharged in May")
    assert [task["list"] for task in await sees(desk, omar)] == ["review"]
    (clock,) = await desk.rows(clocks, kind="TRANSFER_ACCEPT")
    assert clock["met_at"] is None
    assert clock["stopped_at"] is not None


async def test_the_childrens_hub_can_send_a_young_person_back_for_scheduling(desk: Desk):
    await closed_with(desk, "CHILD_HUB")
    omar, adam = await desk.sign_in("omar"), await desk.sign_in("adam")
    back = {name: STREAMED[name] for name in ("timescale", "disciplines", "setting")}
    await result(desk, omar, "children_hub", "comes_back", person="Hub duty", **back)
    (task,) = await sees(desk, adam, "scheduling")
    assert task["detail"]["stream"] == "CAMHS"


async def test_the_huddle_decides_with_who_was_there_and_why(desk: Desk):
    await closed_with(desk, "HUDDLE_LISTED")
    omar = await desk.sign_in("omar")
    with pytest.raises(BadCommandError) as error:
        await result(desk, omar, "huddle", "assess", **STREAMED)
    assert error.value.hint == "decision,attended"
    await result(desk, omar, "huddle", "carried_over", reason="no psychologist today")
    said = {"decision": "AMH with psychology", "attended": "consultant, OT"}
    await result(desk, omar, "huddle", "assess", **STREAMED, **said)
    assert "HUDDLE" not in await running(desk)
    assert (await the_enquiry(desk))["owner_id"] == "scheduling"


async def test_two_teams_at_once_have_a_clock_each(desk: Desk):
    await closed_with(desk, "EXISTING_TEAM", "OUT_OF_AREA_HANDED")
    adam = await desk.sign_in("adam")
    await accept(desk, adam, "existing_team", person="Jo Hill")
    met = [row["met_at"] is not None for row in await desk.rows(clocks, kind="TRANSFER_ACCEPT")]
    assert sorted(met) == [False, True]


async def test_an_enquiry_stays_open_while_anything_is_left_to_do(desk: Desk):
    await closed_with(desk, "TO_NONURGENT_TRIAGE", "HUDDLE_LISTED")
    omar = await desk.sign_in("omar")
    await result(desk, omar, "review", "advise")
    enquiry = await the_enquiry(desk)
    assert (enquiry["status"], enquiry["owner_id"]) == ("tracking", "huddle")


async def test_a_duplicate_ends_all_that_was_left(desk: Desk):
    await closed_with(desk, "TO_NONURGENT_TRIAGE", "HUDDLE_LISTED")
    grace, sue = await desk.sign_in("grace"), await desk.sign_in("sue")
    await result(desk, grace, "review", "duplicate", duplicate_of="CAP-1", **plan(desk))
    assert (await the_enquiry(desk))["status"] == "closed"
    assert await sees(desk, sue) == []
    assert await running(desk) == set()


async def test_a_done_task_cannot_be_done_again(desk: Desk):
    await closed_with(desk, "TO_NONURGENT_TRIAGE")
    omar = await desk.sign_in("omar")
    task = await the_task(desk, "review")
    await result(desk, omar, "review", "to_huddle", question="?")
    with pytest.raises(ClosedError):
        await task_ending.complete(
            desk.service, omar, task=task, result="to_huddle", said={"question": "?"}
        )
    assert len([row for row in await desk.rows(tasks) if row["work_list"] == "huddle"]) == 1


async def test_an_appointment_request_ends_with_the_person_told(desk: Desk):
    await desk.arrive(APPOINTMENT)
    await put(desk, "APPT_CHANGE_PASSED")
    helen, adam = await desk.sign_in("helen"), await desk.sign_in("adam")
    with pytest.raises(NotAllowedError):
        await result(desk, helen, "appointments", "changed", note="moved to Friday")
    await result(desk, helen, "appointments", "not_reached", note="no answer at ten")
    await result(desk, adam, "appointments", "changed", note="moved to Friday")
    assert "APPT_CHANGED" in (await the_enquiry(desk))["outcomes"]


async def test_a_question_for_community_knowledge_needs_no_enquiry(desk: Desk):
    helen, kwame = await desk.sign_in("helen"), await desk.sign_in("kwame")
    said = {"question": "Is there a men's group in Oadby?"}
    await task_work.ask(desk.service, helen, work_list="knowledge", said=said)
    (task,) = await sees(desk, kwame)
    assert task["detail"]["question"] == said["question"]
    assert task["reference"] is None
    assert "KNOWLEDGE_QUERY" in await running(desk)
    await result(desk, kwame, "knowledge", "answered", answer="Yes, on Tuesdays")
    assert await running(desk) == set()
    with pytest.raises(NotAllowedError):
        await task_work.ask(desk.service, helen, work_list="review", said=said)


async def test_a_navigator_follows_up_on_the_day_they_chose(desk: Desk):
    await closed_with(desk, "TO_NONURGENT_TRIAGE")
    nadia = await desk.sign_in("nadia")
    await put(desk, "SIGNPOST_ASSISTED")
    day = desk.now + timedelta(days=12)
    await result(
        desk, nadia, "navigator", "contact_made", service="Carers' centre", follow_up_at=day
    )
    (task,) = await sees(desk, nadia)
    assert (task["kind"], task["due_at"]) == ("SIGNPOST_ASSISTED", stamp(day))
    assert "NAVIGATOR_FOLLOWUP" in await running(desk)


async def test_every_act_is_logged_and_audited_without_the_words(desk: Desk):
    await closed_with(desk, "TO_NONURGENT_TRIAGE")
    omar = await desk.sign_in("omar")
    await accept(desk, omar, "review")
    task = await the_task(desk, "review")
    await task_work.chase(desk.service, omar, task=task, note="secret words")
    await result(desk, omar, "review", "to_huddle", question="secret words")
    kinds = [row["kind"] for row in await desk.rows(events, by="omar")]
    assert kinds == ["task_accepted", "task_chased", "task_completed"]
    written = await desk.rows(audit_rows, actor="omar")
    assert {"task:accepted", "task:chased", "task:completed"} <= {row["action"] for row in written}
    logged = [*written, *await desk.rows(events, by="omar")]
    assert "secret words" not in str([row["detail"] for row in logged])


async def test_the_lists_are_told_of_what_changes(desk: Desk):
    await closed_with(desk, "TO_NONURGENT_TRIAGE")
    omar = await desk.sign_in("omar")
    await accept(desk, omar, "review")
    told = [fact.task for fact in desk.told if isinstance(fact, TaskChanged)]
    assert [(task["list"], task["state"]) for task in told] == [
        ("review", "open"),
        ("review", "accepted"),
    ]


async def test_a_person_passed_on_twice_is_marked(desk: Desk):
    await closed_with(desk, "EXISTING_TEAM")
    adam, omar = await desk.sign_in("adam"), await desk.sign_in("omar")
    assert [(t["hand_offs"], t["warning"]) for t in await sees(desk, adam)] == [(1, False)]
    await result(desk, adam, "existing_team", "refused", reason="discharged")
    await result(desk, omar, "review", "to_children_hub", summary="17, known to CAMHS")
    assert [(t["hand_offs"], t["warning"]) for t in await sees(desk, adam)] == [(2, True)]


async def test_a_tracked_enquiry_that_is_on_no_list_is_put_to_review(desk: Desk):
    await closed_with(desk, "EXISTING_TEAM")
    assert await desk.sweep() == 0
    await desk.change(update(tasks).values(done_at=desk.now))
    omar = await desk.sign_in("omar")
    assert await sees(desk, omar) == []
    assert await desk.sweep() == 1
    (task,) = await sees(desk, omar)
    assert (task["list"], task["kind"]) == ("review", "nothing_left")
    assert (await the_enquiry(desk))["owner_id"] == "review"
    assert await desk.sweep() == 0
