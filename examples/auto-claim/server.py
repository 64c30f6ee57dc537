#!/usr/bin/env python3
"""The insurer as an MCP server over stdio. Python's standard library, and nothing else.

Its data lie in the folder that CLAIMS_DATA names (`data` if it names none). This file speaks the
protocol; claims.py is the insurer. Logs go to stderr: a line on stdout that is not a message would
break the protocol.
"""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from claims import Claims, Refused

PROTOCOL = "2025-06-18"
TEXT = {"type": "string"}
DATE = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
MONEY = {"type": "string", "pattern": "^[0-9]{1,7}([.][0-9]{1,2})?$"}


def these(**members):
    """An object of just these members, all of them required."""
    return {
        "type": "object",
        "properties": members,
        "required": list(members),
        "additionalProperties": False,
    }


def many(item, most=100):
    return {"type": "array", "items": item, "maxItems": most}


POLICY = these(**{"number": TEXT, "from": DATE, "to": DATE, "cover": MONEY, "excess": MONEY})

# Name, description, arguments, answer.
TOOLS = [
    (
        "policy",
        "The motor policy of the person with this address.",
        these(email=TEXT),
        these(policy=POLICY, holder=these(name=TEXT)),
    ),
    (
        "history",
        "What was paid to this person within a year without a person deciding it.",
        these(email=TEXT),
        these(paid=many(MONEY)),
    ),
    (
        "quote",
        "A garage's quote for a repair, by its reference. The text is the garage's.",
        these(policy=TEXT, reference=TEXT),
        these(reference=TEXT, garage=TEXT, amount=MONEY, text=TEXT),
    ),
    (
        "estimate",
        "What the damage on the photos costs to repair, part by part.",
        these(policy=TEXT, photos=many(TEXT, 12)),
        these(parts=many(these(name=TEXT, amount=MONEY))),
    ),
    (
        "fraud_score",
        "How unusual the claim is: 0 not at all, 1 very.",
        these(policy=TEXT, what=TEXT, happened=DATE),
        these(score={"type": "string", "pattern": "^[01]([.][0-9]{1,4})?$"}),
    ),
    (
        "pay",
        "Pays an amount in euros to an account.",
        these(policy=TEXT, iban=TEXT, amount=MONEY),
        these(payment=TEXT, amount=MONEY),
    ),
    (
        "paid_by_key",
        "Whether a payment was made for this idempotency key.",
        these(key=TEXT),
        these(found={"type": "boolean"}),
    ),
    ("mail", "Sends a mail.", these(to=TEXT, text=TEXT), these(sent={"type": "boolean"})),
]


def call(claims, params):
    for name, _, takes, _ in TOOLS:
        if name == params.get("name"):
            arguments = params.get("arguments") or {}
            if set(arguments) != set(takes["required"]):
                return failure(f"{name} takes {takes['required']}, found {sorted(arguments)}")
            key = (params.get("_meta") or {}).get("interlock/idempotencyKey")
            try:
                result = claims.call(name, arguments, key)
            except Refused as refused:
                return failure(str(refused))
            text = json.dumps(result)
            return {"content": [{"type": "text", "text": text}], "structuredContent": result}
    return failure(f"there is no tool {params.get('name')}")


def failure(text):
    """An error of the tool: nothing was done."""
    return {"content": [{"type": "text", "text": text}], "isError": True}


def answer(claims, method, params):
    if method == "initialize":
        return {
            "protocolVersion": params.get("protocolVersion", PROTOCOL),
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "claims", "version": "1"},
        }
    if method == "tools/list":
        return {
            "tools": [
                {"name": name, "description": text, "inputSchema": takes, "outputSchema": gives}
                for name, text, takes, gives in TOOLS
            ]
        }
    if method == "tools/call":
        return call(claims, params)
    return {} if method == "ping" else None


def main():
    """Calls are answered side by side, each with a connection of its own; answers one at a time."""
    folder = os.environ.get("CLAIMS_DATA", "data")
    Claims(folder).close()
    writing = Lock()

    def reply(message):
        claims = Claims(folder)
        try:
            said = {"jsonrpc": "2.0", "id": message["id"]}
            result = answer(claims, message["method"], message.get("params") or {})
            if result is None:
                said["error"] = {"code": -32601, "message": "no method " + message["method"]}
            else:
                said["result"] = result
        except Exception as error:  # whatever it was, whoever asked is told
            print(repr(error), file=sys.stderr)
            said = {
                "jsonrpc": "2.0",
                "id": message["id"],
                "error": {"code": -32603, "message": "internal error"},
            }
        finally:
            claims.close()
        with writing:
            print(json.dumps(said), flush=True)

    with ThreadPoolExecutor(8) as threads:
        for line in sys.stdin:
            message = json.loads(line)
            if "id" in message and "method" in message:
                threads.submit(reply, message)


if __name__ == "__main__":
    main()
