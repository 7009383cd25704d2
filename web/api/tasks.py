"""Work lists over HTTP: what is to be done, and one task with how it may end."""

from aiohttp import web

from chat import task_reading
from models.vocabulary import TaskId
from web.guard import signed_in
from web.keys import SERVICE


def add_routes(app: web.Application) -> None:
    app.add_routes(
        [
            web.get("/api/staff/tasks", tasks),
            web.get("/api/staff/tasks/{task}", task),
        ]
    )


async def tasks(request: web.Request) -> web.Response:
    staff = await signed_in(request)
    name = request.query.get("list")
    return web.json_response(await task_reading.work_list(request.app[SERVICE], staff, name=name))


async def task(request: web.Request) -> web.Response:
    staff = await signed_in(request)
    wanted = TaskId(request.match_info["task"])
    return web.json_response(await task_reading.one_task(request.app[SERVICE], staff, task=wanted))
