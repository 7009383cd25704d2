"""Nobody is forgotten, in a real browser: the alarm, a lost link, a lost claim, a reload."""

from pathlib import Path

import pytest
from playwright.async_api import WebSocketRoute, expect

from tests.journeys.desk import MINE, WAITING, Desk, said_by_a_practitioner, waits
from tests.service import Console, running_service

POLICY = Path(__file__).parents[2] / "config" / "policy.toml"
pytestmark = pytest.mark.browser

CALLS = """
window.sounded = 0; window.notices = []; window.outOfSight = false;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) { window.sounded += 1; start.call(this, at); };
window.Notification = class extends EventTarget {
  static permission = "granted";
  constructor(title, options) { super(); window.notices.push(title + JSON.stringify(options)); }
};
Object.defineProperty(document, "hidden", { get: () => window.outOfSight });
"""


@pytest.fixture
def impatient(tmp_path) -> Path:
    """The policy with an alarm that calls again after a second."""
    written = POLICY.read_text(encoding="utf-8")
    changed = written.replace('alarm_repeat = "30 seconds"', 'alarm_repeat = "1 second"')
    assert changed != written
    made: Path = tmp_path / "policy.toml"
    made.write_text(changed, encoding="utf-8")
    return made


async def test_the_alarm_calls_again_until_somebody_has_seen_it(page, tmp_path, impatient):
    async with running_service(tmp_path, policy=impatient) as service:
        await calls_again_until_seen(page, service)


async def calls_again_until_seen(page, service):
    # Given a browser that notes what it is asked to sound and to show, with the page out of sight
    await page.add_init_script(CALLS)
    desk = await Desk(page, service.url).sign_in()
    await page.evaluate("window.outOfSight = true")
    # When somebody comes
    person = await waits(service)
    # Then it sounds, and a notice is shown that says nothing of them
    await page.wait_for_function("window.sounded > 0 && window.notices.length > 0")
    notice = await page.evaluate("window.notices[0]")
    assert person.reference not in notice
    assert "kill" not in notice
    # And again, until it was seen
    await page.evaluate("window.sounded = 0")
    await page.wait_for_function("window.sounded > 0", timeout=5_000)
    await page.click("#alarm-heard")
    await expect(page.locator("#alarm")).to_be_hidden()
    await expect(page.locator(WAITING)).to_have_count(1)
    assert desk.troubles == []


async def test_somebody_whose_practitioner_is_gone_is_seen_to_be_back(desk, service):
    person = await waits(service)
    other = await Console().arrive(service.url, username="tom")
    await other.do("entry:next")
    await expect(desk.page.locator("#others-count")).to_have_text("1 person is with a colleague")
    await other.close()
    await service.advance(30)
    back = desk.page.locator(WAITING).filter(has_text=person.reference)
    await expect(back).to_contain_text("Back in the queue")
    await expect(desk.page.locator("#alarm")).to_be_visible()


async def test_giving_back_puts_the_person_in_front_of_the_queue(desk, service):
    person = await waits(service)
    await desk.take_next()
    await desk.act("release")
    await desk.talk.locator("[id^=release-reason]").fill("a call came in")
    await desk.submit("release")
    await expect(desk.page.locator(WAITING)).to_contain_text(person.reference)
    await expect(desk.page.locator("#next")).to_be_focused()
    assert (await person.state())["state"] == "waiting"


async def test_a_lost_claim_is_told_plainly_and_the_draft_stays(desk, service):
    await waits(service)
    await desk.take_next()
    await desk.pen.fill("I was about to say")
    elsewhere = await Console().arrive(service.url)
    held = (await elsewhere.do("entry:mine"))["taken"][0]
    gone = {"entry": held["entry"]["entry"], "claim_version": held["claim_version"]}
    await elsewhere.do("entry:release", {**gone, "reason": "end of shift"})
    await expect(desk.part("lost")).to_contain_text("back in the queue")
    await expect(desk.pen).to_have_value("I was about to say")
    await expect(desk.talk.locator(".pen button")).to_be_disabled()


async def test_a_reload_keeps_the_conversation_and_what_was_being_written(desk, service):
    person = await waits(service)
    await desk.take_next()
    await desk.pen.fill("I was about to say")
    await desk.page.reload()
    await expect(desk.talk.locator("h2")).to_contain_text(person.reference)
    await expect(desk.pen).to_have_value("I was about to say")
    await desk.say("Hello again")


async def test_a_message_written_without_a_link_is_kept_once_when_the_link_is_back(page, service):
    cut, sockets = {"on": False}, []

    async def guard(route) -> None:
        await (route.abort() if cut["on"] else route.continue_())

    async def join(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        if cut["on"]:
            await socket.close()
        else:
            socket.connect_to_server()

    await page.route("**/socket.io/**", guard)
    await page.route_web_socket("**/socket.io/**", join)
    desk = await Desk(page, service.url).sign_in()
    person = await waits(service)
    await desk.take_next()
    cut["on"] = True
    await sockets[-1].close()
    await expect(page.locator("#link-trouble")).to_be_visible()
    await desk.pen.fill("Still here")
    await desk.pen.press("Control+Enter")
    await expect(desk.part("sending")).to_contain_text("Not sent yet")
    await person.send("hello?")
    cut["on"] = False
    await desk.line("Still here").wait_for()
    await desk.line("hello?").wait_for()
    said = [message for message in await person.messages() if said_by_a_practitioner(message)]
    assert [message["text"] for message in said] == ["Still here"]
    await expect(page.locator("#link-trouble")).to_be_hidden()


async def test_a_message_in_another_conversation_is_counted_and_announced(desk, service):
    first = await waits(service)
    await desk.take_next()
    await waits(service, "can I talk to a person please")
    await desk.take_next()
    await expect(desk.page.locator(MINE)).to_have_count(2)
    await first.send("are you there")
    news = desk.page.locator(MINE).filter(has_text=first.reference)
    await expect(news).to_contain_text("1 new message")
    await expect(desk.page.locator("#announcer")).to_contain_text(first.reference)
    await desk.page.keyboard.press("Alt+M")
    await expect(desk.talk.locator("h2")).to_contain_text(first.reference)
    await expect(news).not_to_contain_text("1 new message")
