"""Nothing is reachable without a rule: every route, every command, every role."""

import pytest

from chat.roles import Open, Reach, roles
from models.errors import NotAllowedError, NotFoundError
from models.vocabulary import Role
from tests.service import FakeDialogue, pool, settings_for
from web.app import Parts, build
from web.keys import CONSOLE
from web.watch import Watch


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    settings = settings_for(tmp_path_factory.mktemp("var"))
    return build(Parts(settings, pool(), FakeDialogue(), Watch()))


async def test_every_route_has_a_rule(app):
    table = roles()
    without = set()
    for route in app.router.routes():
        try:
            table.rule_of(route.method, route.resource.canonical)
        except NotFoundError:
            without.add(f"{route.method} {route.resource.canonical}")
    assert without == set(), "add a line to chat/content/roles.json"


async def test_every_rule_of_a_route_is_a_known_one():
    table = roles()
    assert set(table.routes.values()) <= {*Open, *table.actions}


async def test_no_staff_route_but_signing_in_and_out_is_open_to_anyone():
    loose = {
        route
        for route, rule in roles().routes.items()
        if "/staff" in route and rule in set(Open) and "/sign-" not in route
    }
    assert loose == set()


async def test_every_console_command_has_a_rule(app):
    assert set(app[CONSOLE].table) <= set(roles().commands), "add it to chat/content/roles.json"


def test_every_role_has_a_reach_over_records():
    assert set(roles().records) == set(Role)
    assert roles().records[Role.KNOWLEDGE_OFFICER] is Reach.OWN


@pytest.mark.parametrize("role", Role)
def test_what_the_table_does_not_name_is_denied(role):
    with pytest.raises(NotAllowedError):
        roles().check_command(role, "everything:do")
    with pytest.raises(NotAllowedError):
        roles().check_action(role, "everything:read")
    with pytest.raises(NotFoundError):
        roles().rule_of("GET", "/api/staff/everything")
