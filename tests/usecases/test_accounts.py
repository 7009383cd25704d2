"""Accounts of our own: taken up by the person, opened by password and code, kept from guessers."""

import asyncio
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from sqlalchemy import select, update

from chat import accounts, lock_out, second_step, sessions, signing_in
from chat.seed import DEMO_PASSWORD
from models.errors import BadCommandError, NotFoundError, NotSignedInError, TooFastError
from models.tables import audit_rows, recovery_codes, staff_members
from models.vocabulary import Role, StaffId
from web.cli.__main__ import main

PASSWORD = "kettle-orbit-marsh"
NEW = accounts.NewMember("mary", "Mary", "mental health practitioner", Role.PRACTITIONER, ("AMH",))


class Account:
    """Mary, her authenticator app and what she was handed."""

    def __init__(self, desk, handover):
        self.desk, self.handover = desk, handover
        secret = parse_qs(urlsplit(handover.authenticator).query)["secret"][0]
        self.app = pyotp.TOTP(secret)
        self.recovery: list[str] = []

    def code(self, *, ago: int = 0) -> str:
        return self.app.at(self.desk.watch.now() - timedelta(seconds=ago))

    async def take_up(self, **other):
        claim = signing_in.Claim("mary", other.get("password", PASSWORD), self.code())
        enrol_code = other.get("enrol_code", self.handover.enrol_code)
        self.recovery = await signing_in.take_up(self.desk.service, claim, enrol_code=enrol_code)
        self.desk.watch.advance(timedelta(seconds=60))
        return self

    async def sign_in(self, **other):
        claim = signing_in.Claim(
            other.get("username", "mary"),
            other.get("password", PASSWORD),
            other.get("code", self.code()),
            other.get("replaces"),
        )
        token, _staff = await signing_in.sign_in(self.desk.service, claim)
        return token


async def change(desk, act, *given):
    key = desk.service.keys.secret
    more = {} if act is accounts.disable else {"key": key}
    return await desk.service.store.write(lambda tx: act(tx, *given, now=desk.watch.now(), **more))


@pytest.fixture
async def handed(desk):
    return Account(desk, await change(desk, accounts.add, NEW))


@pytest.fixture
async def mary(handed):
    return await handed.take_up()


async def actions(desk):
    statement = select(audit_rows.c.action).order_by(audit_rows.c.number)
    return await desk.service.store.read(lambda db: list(db.execute(statement).scalars()))


async def test_password_and_code_together_open_the_account(mary, desk):
    token = await mary.sign_in()
    found = await sessions.by_session(desk.service, token)
    assert (found.username, found.role) == ("mary", Role.PRACTITIONER)


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "kettle-orbit-marsj"},
        {"password": ""},
        {"code": "000000"},
        {"code": ""},
        {"code": "aaaa-bbbb-cccc-dddd"},
        {"code": "١٢٣٤٥٦"},
        {"username": "nobody"},
        {"username": "mary\x00"},
    ],
    ids=str,
)
async def test_every_refusal_is_the_same(mary, wrong):
    with pytest.raises(NotSignedInError) as refused:
        await mary.sign_in(**wrong)
    assert str(refused.value) == "not_signed_in"


async def test_an_account_that_was_not_taken_up_cannot_sign_in(handed):
    with pytest.raises(NotSignedInError):
        await handed.sign_in(password="")


async def test_a_code_works_once(mary):
    code = mary.code()
    await mary.sign_in(code=code)
    with pytest.raises(NotSignedInError):
        await mary.sign_in(code=code)


async def test_of_two_at_once_with_one_code_one_gets_in(mary):
    code = mary.code()
    tried = await asyncio.gather(
        mary.sign_in(code=code), mary.sign_in(code=code), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in tried) == ["NotSignedInError", "str"]


async def test_a_code_of_the_half_minute_before_still_works_and_an_older_one_does_not(mary, desk):
    desk.watch.advance(timedelta(seconds=90))
    with pytest.raises(NotSignedInError):
        await mary.sign_in(code=mary.code(ago=65))
    assert await mary.sign_in(code=mary.code(ago=30))


async def test_a_recovery_code_opens_once_however_it_is_typed(mary):
    code = mary.recovery[3]
    assert len(set(mary.recovery)) == 10
    assert await mary.sign_in(code=code.upper())
    with pytest.raises(NotSignedInError):
        await mary.sign_in(code=code)
    assert await mary.sign_in(code=mary.recovery[4])


async def test_nothing_that_opens_an_account_is_kept_in_clear(mary, desk):
    def look(db):
        member = db.execute(select(staff_members).where(staff_members.c.id == "mary"))
        return str([tuple(member.one()), *db.execute(select(recovery_codes)).all()])

    kept = await desk.service.store.read(look)
    secrets = [PASSWORD, mary.app.secret, mary.handover.enrol_code, *mary.recovery]
    assert not any(secret in kept or secret.replace("-", "") in kept for secret in secrets)


async def test_a_second_step_moved_to_another_account_opens_nothing(mary, desk):
    def move(tx):
        sealed = select(staff_members.c.totp_sealed).where(staff_members.c.id == "mary")
        kept = tx.execute(sealed).scalar_one()
        tx.execute(
            update(staff_members)
            .where(staff_members.c.id == "tom")
            .values(totp_sealed=kept, demo=False)
        )

    await desk.service.store.write(move)
    with pytest.raises(NotSignedInError):
        await mary.sign_in(username="tom", password=DEMO_PASSWORD)


@pytest.mark.parametrize(
    "weak", ["short-one-1", "maryhadalittlelamb", "aaaaaaaaaaaaaaaa", "mypassword2026", "x" * 129]
)
async def test_a_password_that_is_easily_guessed_is_refused_and_the_code_keeps(handed, weak):
    with pytest.raises(BadCommandError):
        await handed.take_up(password=weak)
    await handed.take_up()


async def test_an_enrolment_code_works_once_for_its_time_and_for_its_account(handed, desk):
    with pytest.raises(NotSignedInError):
        await handed.take_up(enrol_code="cdfhj-kmnpr-tvwx")
    await handed.take_up()
    with pytest.raises(NotSignedInError):
        await handed.take_up()

    again = Account(desk, await change(desk, accounts.reset, "mary"))
    desk.watch.advance(accounts.ENROL_WITHIN + timedelta(seconds=1))
    with pytest.raises(NotSignedInError):
        await again.take_up()


@pytest.mark.parametrize("username", ["mary", "nobody-of-that-name"])
async def test_wrong_tries_lock_a_name_for_longer_and_longer_whether_it_exists(
    mary, desk, username
):
    waits: list[timedelta] = []
    for _ in range(lock_out.FREE_TRIES + 2):
        with pytest.raises(NotSignedInError):
            await mary.sign_in(username=username, password="wrong")
        with pytest.raises((TooFastError, NotSignedInError)) as told:
            await mary.sign_in(username=username, password="wrong")
        if isinstance(told.value, TooFastError) and told.value.retry_after is not None:
            waits.append(told.value.retry_after)
            desk.watch.advance(told.value.retry_after + timedelta(seconds=1))
    assert len(waits) >= 2
    assert waits[1] > waits[0] >= lock_out.FIRST_WAIT - timedelta(seconds=5)


async def test_a_locked_name_does_not_open_for_the_right_password_until_the_wait_is_over(
    mary, desk
):
    for _ in range(lock_out.FREE_TRIES):
        with pytest.raises(NotSignedInError):
            await mary.sign_in(password="wrong")
    with pytest.raises(TooFastError):
        await mary.sign_in()
    desk.watch.advance(lock_out.FIRST_WAIT + timedelta(seconds=1))
    assert await mary.sign_in()
    assert "sign_in:locked" in await actions(desk)


def test_waiting_doubles_and_has_an_end():
    waits = [lock_out.wait_after(failures) for failures in (4, 5, 6, 7, 12, 100_000)]
    assert waits[0] is None
    assert waits[1:4] == [lock_out.FIRST_WAIT * factor for factor in (1, 2, 4)]
    assert waits[-2:] == [lock_out.LONGEST_WAIT] * 2


async def test_a_sign_in_gives_a_new_session_and_ends_the_one_before(mary, desk):
    first = await mary.sign_in()
    desk.watch.advance(timedelta(seconds=60))
    second = await mary.sign_in(replaces=first)
    assert first != second
    with pytest.raises(NotSignedInError):
        await sessions.by_session(desk.service, first)
    assert (await sessions.by_session(desk.service, second)).username == "mary"


async def test_a_session_ends_when_it_is_idle_and_when_it_is_old(mary, desk):
    token = await mary.sign_in()
    for _ in range(24):
        desk.watch.advance(sessions.IDLE - timedelta(seconds=30))
        await sessions.by_session(desk.service, token)
    desk.watch.advance(sessions.ABSOLUTE - 24 * (sessions.IDLE - timedelta(seconds=30)))
    desk.watch.advance(timedelta(seconds=1))
    with pytest.raises(NotSignedInError):
        await sessions.by_session(desk.service, token)

    desk.watch.advance(timedelta(seconds=60))
    token = await mary.sign_in()
    desk.watch.advance(sessions.IDLE + timedelta(seconds=1))
    with pytest.raises(NotSignedInError):
        await sessions.by_session(desk.service, token)


@pytest.mark.parametrize("act", [accounts.disable, accounts.reset])
async def test_disabling_and_resetting_sign_out_everywhere(mary, desk, act):
    tokens = [await mary.sign_in(code=code) for code in mary.recovery[:3]]
    await change(desk, act, "mary")
    for token in tokens:
        with pytest.raises(NotSignedInError):
            await sessions.by_session(desk.service, token)
    with pytest.raises(NotSignedInError):
        await mary.sign_in()
    with pytest.raises(NotSignedInError):
        await mary.sign_in(code=mary.recovery[5])


async def test_a_reset_account_is_taken_up_anew_with_a_new_app(mary, desk):
    again = Account(desk, await change(desk, accounts.reset, "mary"))
    await again.take_up(password="umbrella-tin-fjord")
    assert await again.sign_in(password="umbrella-tin-fjord")
    with pytest.raises(NotSignedInError):
        await mary.sign_in(password="umbrella-tin-fjord")


async def test_what_is_done_to_an_account_is_in_the_log(mary, desk):
    await mary.sign_in()
    with pytest.raises(NotSignedInError):
        await mary.sign_in(password="wrong")
    await change(desk, accounts.reset, "mary")
    await change(desk, accounts.disable, "mary")
    assert await actions(desk) == [
        "account:add",
        "account:taken_up",
        "sign_in",
        "sign_in:refused",
        "account:reset",
        "account:disable",
    ]


@pytest.mark.parametrize("username", ["mary", "Mary", "", "a b", "x" * 65, "<b>"])
async def test_a_user_name_is_new_and_plain(mary, desk, username):
    member = accounts.NewMember(username, "M", "t", Role.AUDITOR)
    with pytest.raises(BadCommandError):
        await change(desk, accounts.add, member)


async def test_an_account_nobody_has_cannot_be_changed(desk):
    for act in (accounts.reset, accounts.disable):
        with pytest.raises(NotFoundError):
            await change(desk, act, "nobody")


def test_a_sealed_secret_is_opened_by_its_key_and_for_its_account_alone():
    mary, tom = StaffId("mary"), StaffId("tom")
    kept = second_step.sealed("SECRET", key=b"k", staff=mary)
    assert second_step.opened(kept, key=b"k", staff=mary) == "SECRET"
    assert second_step.opened(kept, key=b"other", staff=mary) is None
    assert second_step.opened(kept, key=b"k", staff=tom) is None


async def test_the_program_adds_resets_lists_and_disables(desk, tmp_path, capsys):
    add = ["staff", "add", "zoe", "--name", "Zoe", "--title", "auditor", "--role", "auditor"]
    assert main(["--var", str(tmp_path), *add]) == 0
    told = capsys.readouterr().out
    assert re.search(r"otpauth://totp/CAP%20chat:zoe\?secret=[A-Z2-7]{32}", told)
    [code] = re.findall(r"enrolment code\s+(\S+)", told)
    assert main(["--var", str(tmp_path), "staff", "list"]) == 0
    assert re.search(r"zoe\s+auditor\s+active\s+not taken up yet", capsys.readouterr().out)
    assert main(["--var", str(tmp_path), "staff", "reset", "zoe"]) == 0
    assert code not in capsys.readouterr().out
    assert main(["--var", str(tmp_path), "staff", "disable", "zoe"]) == 0
    capsys.readouterr()
    assert main(["--var", str(tmp_path), "staff", "list"]) == 0
    assert re.search(r"zoe\s+auditor\s+disabled", capsys.readouterr().out)
    assert main(["--var", str(tmp_path), "staff", "disable", "nobody"]) == 2
    assert main(["--var", str(tmp_path), *add]) == 2
    assert main(["--var", str(tmp_path), "audit", "verify"]) == 0
