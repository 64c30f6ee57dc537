"""The server of the tool hosts' contract, with Python's official SDK."""

import asyncio
import os

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
    begin = int(request.params.cursor) if request.params and request.params.cursor else 0
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


async def main():
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


asyncio.run(main())
