"""Questions about community services: staff ask, the knowledge officer answers."""

from typing import Any

from aiohttp import web

from chat import knowledge
from chat.curating import CURATE
from chat.roles import roles
from models.errors import BadCommandError
from models.vocabulary import TaskId
from web.guard import signed_in
from web.keys import SERVICE
from web.pages.render import PAGES, see_other

ASKED = "/staff/questions"
WAITING = "/staff/directory/questions"


def add_routes(app: web.Application) -> None:
    app.add_routes(
        [
            web.get(ASKED, asked_page),
            web.post(ASKED, ask),
            web.get(WAITING, waiting_page),
            web.post(WAITING + "/{task}", answer),
        ]
    )


async def asked_page(request: web.Request) -> web.Response:
    return await _asked_page(request)


async def _asked_page(
    request: web.Request, *, question: str = "", trouble: bool = False, status: int = 200
) -> web.Response:
    staff = await signed_in(request)
    return request.app[PAGES].answer(
        "staff/questions.html",
        status=status,
        staff=staff,
        mine=await knowledge.asked_by_me(request.app[SERVICE], staff),
        question=question,
        trouble=trouble,
        curates=roles().may(staff.role, CURATE),
    )


async def ask(request: web.Request) -> web.Response:
    staff, form = await signed_in(request), await request.post()
    question = str(form.get("question", ""))
    try:
        await knowledge.ask(request.app[SERVICE], staff, question=question)
    except BadCommandError as error:
        return await _asked_page(request, question=question, trouble=True, status=error.status)
    return see_other(ASKED)


async def waiting_page(request: web.Request) -> web.Response:
    return await _waiting_page(request)


async def _waiting_page(
    request: web.Request, *, wrong: str = "", status: int = 200
) -> web.Response:
    staff = await signed_in(request)
    found: dict[str, Any] = await knowledge.questions(request.app[SERVICE], staff)
    return request.app[PAGES].answer(
        "staff/directory_questions.html", status=status, staff=staff, wrong=wrong, **found
    )


async def answer(request: web.Request) -> web.Response:
    staff, form = await signed_in(request), await request.post()
    task = request.match_info["task"]
    try:
        await knowledge.answer(
            request.app[SERVICE],
            staff,
            task=TaskId(task),
            text=str(form.get("answer", "")),
            unmet="unmet" in form,
        )
    except BadCommandError as error:
        return await _waiting_page(request, wrong=task, status=error.status)
    return see_other(WAITING)
