#!/usr/bin/env python3
"""Two small MCP servers over stdio, in one file and without dependencies.

`server.py tasks` keeps a list of tasks in tasks.json; `server.py note` keeps notes.json.
Logs go to stderr: a line on stdout that is not a message would break the protocol.
"""

import json
import os
import sys

PROTOCOL = "2025-06-18"


def schema(**arguments):
    """An object of these required arguments and no others."""
    return {
        "type": "object",
        "properties": {name: {"type": kind} for name, kind in arguments.items()},
        "required": list(arguments),
        "additionalProperties": False,
    }


def load(name):
    try:
        with open(name, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return []


def store(name, items):
    """Replaces the file as a whole, so that a stopped server leaves the old one or the new one."""
    with open(name + ".new", "w", encoding="utf-8") as file:
        json.dump(items, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(name + ".new", name)


def task(number):
    tasks = load("tasks.json")
    for item in tasks:
        if item["id"] == number:
            return tasks, item
    raise ValueError(f"there is no task {number}")


def search(text):
    return {"tasks": [t for t in load("tasks.json") if text.lower() in t["title"].lower()]}


def get(id):
    return task(id)[1]


def create(title):
    tasks = load("tasks.json")
    tasks.append({"id": len(tasks) + 1, "title": title, "completed": False})
    store("tasks.json", tasks)
    return tasks[-1]


def complete(id):
    tasks, item = task(id)
    item["completed"] = True
    store("tasks.json", tasks)
    return item


def history():
    return {"notes": load("notes.json")[-20:]}


def notify(text):
    notes = load("notes.json")
    notes.append({"id": len(notes) + 1, "text": text})
    store("notes.json", notes)
    return notes[-1]


SERVERS = {
    "tasks": [
        ("search", "Tasks whose title contains a text.", schema(text="string"), search),
        ("get", "One task.", schema(id="integer"), get),
        ("create", "Puts a task on the list.", schema(title="string"), create),
        ("complete", "Marks a task as completed.", schema(id="integer"), complete),
    ],
    "note": [
        ("history", "The newest notes.", schema(), history),
        ("notify", "Leaves a note for whoever asked.", schema(text="string"), notify),
    ],
}


def call(tools, params):
    for name, _, inputs, run in tools:
        if name == params.get("name"):
            arguments = params.get("arguments") or {}
            if set(arguments) != set(inputs["required"]):
                return failure(f"{name} takes {inputs['required']}, found {sorted(arguments)}")
            try:
                result = run(**arguments)
            except ValueError as error:
                return failure(str(error))
            text = json.dumps(result)
            return {"content": [{"type": "text", "text": text}], "structuredContent": result}
    return failure(f"there is no tool {params.get('name')}")


def failure(text):
    return {"content": [{"type": "text", "text": text}], "isError": True}


def answer(tools, method, params):
    if method == "initialize":
        return {
            "protocolVersion": params.get("protocolVersion", PROTOCOL),
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "agentic", "version": "1"},
        }
    if method == "tools/list":
        return {"tools": [{"name": n, "description": d, "inputSchema": s} for n, d, s, _ in tools]}
    if method == "tools/call":
        return call(tools, params)
    return {} if method == "ping" else None


def main():
    tools = SERVERS[sys.argv[1]]
    for line in sys.stdin:
        message = json.loads(line)
        if "id" not in message or "method" not in message:
            continue
        reply = {"jsonrpc": "2.0", "id": message["id"]}
        result = answer(tools, message["method"], message.get("params") or {})
        if result is None:
            reply["error"] = {"code": -32601, "message": "no method " + message["method"]}
        else:
            reply["result"] = result
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
