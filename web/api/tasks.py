"""Work lists over HTTP: what is to be done, one task with how it may end, a referral to log."""

from aiohttp import web

from chat import referring, task_reading
from models.vocabulary import TaskId
from web import task_commands as c
from web.api.body import body_as
from web.guard import signed_in
from web.keys import SERVICE


def add_routes(app: web.Application) -> None:
    app.add_routes(
        [
            web.get("/api/staff/tasks", tasks),
            web.get("/api/staff/tasks/{task}", task),
            web.post("/api/staff/enquiries", log_enquiry),
        ]
    )


async def tasks(request: web.Request) -> web.Response:
    """Open tasks of the lists that this role sees, soonest due first, and the lists' numbers."""
    staff = await signed_in(request)
    name = request.query.get("list")
    return web.json_response(await task_reading.work_list(request.app[SERVICE], staff, name=name))


async def task(request: web.Request) -> web.Response:
    """One task with what was recorded, and the results that may be given, with their fields."""
    staff = await signed_in(request)
    wanted = TaskId(request.match_info["task"])
    return web.json_response(await task_reading.one_task(request.app[SERVICE], staff, task=wanted))


async def log_enquiry(request: web.Request) -> web.Response:
    """Log a referral that came by phone, letter or email: screened, and under the same clocks."""
    staff = await signed_in(request)
    command: c.LogEnquiry = await body_as(request, c.LogEnquiry)
    kept = await referring.log_referral(request.app[SERVICE], staff, command.referral())
    return web.json_response({"ok": True, **kept}, status=201)
