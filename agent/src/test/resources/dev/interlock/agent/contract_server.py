"""The server of the tool hosts' contract, with Python's official SDK.

Without an argument over stdio. With `sse`, `json` or `stateless` over HTTP: the port stands on
stdout, a new process takes over where one dies, and all end with stdin.
"""

import asyncio
import contextlib
import os
import socket
import sys
import threading

import mcp.types as types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

PAGE = 6

server = Server("contract")
calls = 0
waiting = 0
met = asyncio.Event()


def tool(name, **arguments):
    properties = {argument: {"type": type_} for argument, type_ in arguments.items()}
    return types.Tool(
        name=name,
        description="Gives back what it gets.",
        inputSchema={"type": "object", "properties": properties},
    )


TOOLS = [
    tool("echo", text="string"),
    tool("plain", text="string"),
    tool("fail", text="string"),
    tool("meta"),
    tool("meet", parties="integer"),
    tool("hang"),
    tool("big", bytes="integer"),
    tool("seen"),
    tool("die"),
] + [tool(f"filler_{i}") for i in range(1, 6)]


@server.list_tools()
async def list_tools(request: types.ListToolsRequest) -> types.ListToolsResult:
    params = request.params if request else None  # the SDK itself asks without one
    begin = int(params.cursor) if params and params.cursor else 0
    end = begin + PAGE
    cursor = str(end) if end < len(TOOLS) else None
    return types.ListToolsResult(tools=TOOLS[begin:end], nextCursor=cursor)


def text(value):
    return [types.TextContent(type="text", text=value)]


@server.call_tool()
async def call_tool(name, arguments):
    global calls, waiting
    before = calls
    calls += 1
    if name == "echo":
        return arguments
    if name == "plain":
        return text(arguments["text"])
    if name == "fail":
        raise ValueError(arguments["text"])
    if name == "meta":
        meta = server.request_context.meta.model_extra
        return {
            "key": meta["interlock/idempotencyKey"],
            "instance": meta["interlock/instance"],
            "caller": meta["interlock/caller"],
            "roles": meta["interlock/roles"],
        }
    if name == "meet":
        waiting += 1
        if waiting == arguments["parties"]:
            met.set()
        await met.wait()
        return {"met": waiting}
    if name == "hang":
        await asyncio.Event().wait()
    if name == "big":
        return text("x" * arguments["bytes"])
    if name == "seen":
        return {"calls": before}
    if name == "die":
        os._exit(3)
    return text("")


async def over_stdio():
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


def over_http(way, listening):
    import uvicorn
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
    from starlette.applications import Starlette
    from starlette.routing import Mount

    manager = StreamableHTTPSessionManager(
        server, json_response=way == "json", stateless=way == "stateless"
    )

    @contextlib.asynccontextmanager
    async def lifespan(app):
        async with manager.run():
            yield

    async def handle(scope, receive, send):
        if dict(scope["headers"]).get(b"authorization") == b"Bearer open-sesame":
            await manager.handle_request(scope, receive, send)
        else:
            await send({"type": "http.response.start", "status": 401, "headers": []})
            await send({"type": "http.response.body"})

    app = Starlette(routes=[Mount("/mcp", app=handle)], lifespan=lifespan)
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])


def end_with_stdin():
    sys.stdin.buffer.read()
    os._exit(0)


def serve(way):
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    while True:
        child = os.fork()
        if child == 0:
            threading.Thread(target=end_with_stdin, daemon=True).start()
            over_http(way, listening)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status == 0:
            return


if len(sys.argv) > 1:
    serve(sys.argv[1])
else:
    asyncio.run(over_stdio())
