#!/usr/bin/env python3
"""The shop as an MCP server over stdio. Python's standard library, and nothing else.

Its data lie in the folder that SHOP_DATA names (`data` if it names none). This file speaks the
protocol; shop.py is the shop. Logs go to stderr: a line on stdout that is not a message would break
the protocol.
"""

import json
import os
import sys

from shop import Refused, Shop

PROTOCOL = "2025-06-18"
TEXT = {"type": "string"}
MONEY = {"type": "string", "pattern": "^-?[0-9]{1,7}[.][0-9]{2}$"}
TEXTS = {"type": "array", "items": TEXT, "maxItems": 50}


def these(**members):
    """An object of just these members, all of them required."""
    return {
        "type": "object",
        "properties": members,
        "required": list(members),
        "additionalProperties": False,
    }


def by_name(value):
    return {"type": "object", "additionalProperties": value}


ADDRESS = {"street": TEXT, "zip": TEXT, "city": TEXT}
SWAP = {"lines": TEXTS, "variants": TEXTS, "payment_method": TEXT, "difference": MONEY}
LINE = these(product=TEXT, variant=TEXT, price=MONEY)
VARIANT = these(options=TEXT, price=MONEY, in_stock={"type": "boolean"})
METHOD = {"type": "object", "properties": {"kind": TEXT, "balance": MONEY}, "required": ["kind"]}
MADE = these(order_id=TEXT, status=TEXT)

# Name, description, arguments, answer.
TOOLS = [
    (
        "find_customer",
        "The customer with this address: contact, and the numbers of their orders.",
        these(email=TEXT),
        these(id=TEXT, contact=these(name=TEXT, **ADDRESS), orders=TEXTS),
    ),
    (
        "payment_methods",
        "The ways to pay of the customer with this address, by id. A gift card has a balance.",
        these(email=TEXT),
        these(methods=by_name(METHOD)),
    ),
    (
        "order",
        "An order: its status (pending, delivered, cancelled, going back), how it was paid, and its lines.",
        these(order_id=TEXT),
        these(
            id=TEXT,
            status=TEXT,
            items_changed={"type": "boolean"},
            payment_method=TEXT,
            total=MONEY,
            lines=by_name(LINE),
            **ADDRESS,
        ),
    ),
    (
        "product",
        "A product: its variants, each with options, price and whether it is in stock.",
        these(product_id=TEXT),
        these(id=TEXT, name=TEXT, description=TEXT, variants=by_name(VARIANT)),
    ),
    (
        "cancel_order",
        "Cancels a pending order. The reason is 'no longer needed' or 'ordered by mistake'.",
        these(order_id=TEXT, reason=TEXT),
        MADE,
    ),
    (
        "change_address",
        "Sends a pending order to another address.",
        these(order_id=TEXT, **ADDRESS),
        MADE,
    ),
    (
        "change_payment",
        "Moves a pending order to another way to pay.",
        these(order_id=TEXT, payment_method=TEXT),
        MADE,
    ),
    (
        "change_items",
        "Puts other variants in the place of lines of a pending order, in the same order. The"
        " difference is what the payment method pays, or gets back if it is negative.",
        these(order_id=TEXT, **SWAP),
        MADE,
    ),
    (
        "return_items",
        "Takes lines of a delivered order back, and refunds them to a payment method.",
        these(order_id=TEXT, lines=TEXTS, payment_method=TEXT),
        MADE,
    ),
    (
        "exchange_items",
        "Takes lines of a delivered order back, and sends other variants, in the same order. The"
        " difference is as for change_items.",
        these(order_id=TEXT, **SWAP),
        MADE,
    ),
    (
        "made_by_key",
        "Whether a change was made for this idempotency key.",
        these(key=TEXT),
        these(found={"type": "boolean"}),
    ),
]


def call(shop, params):
    for name, _, takes, _ in TOOLS:
        if name == params.get("name"):
            arguments = params.get("arguments") or {}
            if set(arguments) != set(takes["required"]):
                return failure(f"{name} takes {takes['required']}, found {sorted(arguments)}")
            key = (params.get("_meta") or {}).get("interlock/idempotencyKey")
            try:
                result = shop.call(name, arguments, key)
            except Refused as refused:
                return failure(str(refused))
            text = json.dumps(result)
            return {"content": [{"type": "text", "text": text}], "structuredContent": result}
    return failure(f"there is no tool {params.get('name')}")


def failure(text):
    """An error of the tool: nothing was done."""
    return {"content": [{"type": "text", "text": text}], "isError": True}


def answer(shop, method, params):
    if method == "initialize":
        return {
            "protocolVersion": params.get("protocolVersion", PROTOCOL),
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "shop", "version": "1"},
        }
    if method == "tools/list":
        return {
            "tools": [
                {"name": name, "description": text, "inputSchema": takes, "outputSchema": gives}
                for name, text, takes, gives in TOOLS
            ]
        }
    if method == "tools/call":
        return call(shop, params)
    return {} if method == "ping" else None


def main():
    shop = Shop(os.environ.get("SHOP_DATA", "data"))
    for line in sys.stdin:
        message = json.loads(line)
        if "id" not in message or "method" not in message:
            continue
        reply = {"jsonrpc": "2.0", "id": message["id"]}
        result = answer(shop, message["method"], message.get("params") or {})
        if result is None:
            reply["error"] = {"code": -32601, "message": "no method " + message["method"]}
        else:
            reply["result"] = result
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
