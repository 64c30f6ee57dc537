"""A shop in an SQLite file: customers, what they may pay with, products, orders.

A change and the note of its idempotency key are one transaction: the same key again gives the first
answer and changes nothing. Money is counted in cents, and written as text with two decimals.
"""

import json
import os
import sqlite3

HERE = os.path.dirname(os.path.abspath(__file__))

TABLES = """
CREATE TABLE customers (id TEXT PRIMARY KEY, email TEXT UNIQUE, name TEXT, street TEXT, zip TEXT, city TEXT);
CREATE TABLE methods (id TEXT PRIMARY KEY, customer TEXT, kind TEXT, balance INTEGER CHECK (balance >= 0));
CREATE TABLE products (id TEXT PRIMARY KEY, name TEXT, description TEXT);
CREATE TABLE variants (id TEXT PRIMARY KEY, product TEXT, options TEXT, price INTEGER, stock INTEGER CHECK (stock >= 0));
CREATE TABLE orders (id TEXT PRIMARY KEY, customer TEXT, status TEXT, items_changed INTEGER DEFAULT 0,
                     payment_method TEXT, street TEXT, zip TEXT, city TEXT);
CREATE TABLE lines (order_id TEXT, line TEXT, variant TEXT, price INTEGER, PRIMARY KEY (order_id, line));
CREATE TABLE payments (number INTEGER PRIMARY KEY, order_id TEXT, method TEXT, amount INTEGER);
CREATE TABLE changes (number INTEGER PRIMARY KEY, key TEXT UNIQUE, tool TEXT, arguments TEXT, answer TEXT);
"""


class Refused(Exception):
    """Nothing was done, and this is why."""


def cents(text):
    whole, fraction = text.lstrip("-").split(".")
    amount = int(whole) * 100 + int(fraction)
    return -amount if text.startswith("-") else amount


def money(amount):
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"


class Shop:
    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        self.db = sqlite3.connect(os.path.join(folder, "shop.db"), isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.execute("BEGIN IMMEDIATE")
        if not self.rows("SELECT 1 FROM sqlite_master WHERE name = 'orders'"):
            self.seed()
        self.db.execute("COMMIT")

    def seed(self):
        for table in TABLES.split(";"):
            self.db.execute(table)
        with open(os.path.join(HERE, "seed.json"), encoding="utf-8") as file:
            seed = json.load(file)
        addresses = {}
        for c in seed["customers"]:
            addresses[c["id"]] = (c["street"], c["zip"], c["city"])
            self.put("customers", c["id"], c["email"], c["name"], *addresses[c["id"]])
            for id, m in c["methods"].items():
                balance = cents(m["balance"]) if "balance" in m else None
                self.put("methods", id, c["id"], m["kind"], balance)
        for p in seed["products"]:
            self.put("products", p["id"], p["name"], p["description"])
            for id, v in p["variants"].items():
                self.put("variants", id, p["id"], v["options"], cents(v["price"]), v["stock"])
        for o in seed["orders"]:
            address = addresses[o["customer"]]
            self.put("orders", o["id"], o["customer"], o["status"], 0, o["payment_method"], *address)
            for line, of in o["lines"].items():
                self.put("lines", o["id"], line, of["variant"], cents(of["price"]))

    def rows(self, sql, *values):
        return self.db.execute(sql, values).fetchall()

    def row(self, what, sql, *values):
        rows = self.rows(sql, *values)
        if not rows:
            raise Refused(f"there is no {what}")
        return rows[0]

    def put(self, table, *values):
        self.db.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(values))})", values)

    def call(self, tool, arguments, key):
        """Answers a tool; a change goes in whole or not at all, once for each key."""
        changes = {
            "cancel_order": self.cancel_order,
            "change_address": self.change_address,
            "change_payment": self.change_payment,
            "change_items": self.change_items,
            "return_items": self.return_items,
            "exchange_items": self.exchange_items,
        }
        if tool not in changes:
            return getattr(self, tool)(**arguments)
        self.db.execute("BEGIN IMMEDIATE")
        try:
            answer = self.once(key, tool, arguments, changes[tool])
            self.db.execute("COMMIT")
            return answer
        except sqlite3.IntegrityError as error:  # stock or balance below zero
            self.db.execute("ROLLBACK")
            raise Refused(f"not enough is left: {error}") from error
        except BaseException:
            self.db.execute("ROLLBACK")
            raise

    def once(self, key, tool, arguments, change):
        written = json.dumps(arguments, sort_keys=True)
        for before in self.rows("SELECT * FROM changes WHERE key = ?", key):
            if (before["tool"], before["arguments"]) != (tool, written):
                raise Refused("this idempotency key was used for something else")
            return json.loads(before["answer"])
        status = change(**arguments)
        answer = {"order_id": arguments["order_id"], "status": status}
        self.put("changes", None, key, tool, written, json.dumps(answer))
        return answer

    # ---- what is asked

    def find_customer(self, email):
        c = self.row("customer of this address", "SELECT * FROM customers WHERE email = ?", email)
        orders = self.rows("SELECT id FROM orders WHERE customer = ? ORDER BY id", c["id"])
        return {
            "id": c["id"],
            "contact": {name: c[name] for name in ("name", "street", "zip", "city")},
            "orders": [order["id"] for order in orders],
        }

    def payment_methods(self, email):
        c = self.row("customer of this address", "SELECT * FROM customers WHERE email = ?", email)
        methods = {}
        for m in self.rows("SELECT * FROM methods WHERE customer = ? ORDER BY id", c["id"]):
            methods[m["id"]] = {"kind": m["kind"]}
            if m["balance"] is not None:
                methods[m["id"]]["balance"] = money(m["balance"])
        return {"methods": methods}

    def order(self, order_id):
        o = self.row(f"order {order_id}", "SELECT * FROM orders WHERE id = ?", order_id)
        lines = self.lines(order_id)
        return {
            "id": order_id,
            "status": o["status"],
            "items_changed": bool(o["items_changed"]),
            "payment_method": o["payment_method"],
            "total": money(sum(line["price"] for line in lines)),
            "lines": {
                line["line"]: {
                    "product": line["product"],
                    "variant": line["variant"],
                    "price": money(line["price"]),
                }
                for line in lines
            },
            **{name: o[name] for name in ("street", "zip", "city")},
        }

    def lines(self, order_id):
        return self.rows(
            """
            SELECT line, variant, product, lines.price AS price FROM lines JOIN variants ON variants.id = variant
            WHERE order_id = ? ORDER BY line
            """,
            order_id,
        )

    def product(self, product_id):
        p = self.row(f"product {product_id}", "SELECT * FROM products WHERE id = ?", product_id)
        variants = self.rows("SELECT * FROM variants WHERE product = ? ORDER BY id", product_id)
        return {
            "id": p["id"],
            "name": p["name"],
            "description": p["description"],
            "variants": {
                v["id"]: {
                    "options": v["options"],
                    "price": money(v["price"]),
                    "in_stock": v["stock"] > 0,
                }
                for v in variants
            },
        }

    def made_by_key(self, key):
        return {"found": bool(self.rows("SELECT 1 FROM changes WHERE key = ?", key))}

    # ---- what is changed; each returns the order's new status

    def expect(self, order_id, status):
        order = self.row(f"order {order_id}", "SELECT * FROM orders WHERE id = ?", order_id)
        if order["status"] != status:
            raise Refused(f"order {order_id} is {order['status']}, not {status}")
        return order

    def update(self, order_id, **columns):
        sets = ", ".join(f"{name} = ?" for name in columns)
        self.db.execute(f"UPDATE orders SET {sets} WHERE id = ?", (*columns.values(), order_id))

    def pay(self, order_id, method, amount):
        """Takes an amount, or gives it back if it is negative."""
        m = self.row(f"way to pay {method}", "SELECT * FROM methods WHERE id = ?", method)
        if m["balance"] is not None:
            self.db.execute("UPDATE methods SET balance = balance - ? WHERE id = ?", (amount, method))
        self.put("payments", None, order_id, method, amount)

    def cancel_order(self, order_id, reason):
        order = self.expect(order_id, "pending")
        for line in self.lines(order_id):
            self.stock(line["variant"], 1)
        self.pay(order_id, order["payment_method"], -sum(line["price"] for line in self.lines(order_id)))
        self.update(order_id, status="cancelled")
        return "cancelled"

    def change_address(self, order_id, street, zip, city):
        self.expect(order_id, "pending")
        self.update(order_id, street=street, zip=zip, city=city)
        return "pending"

    def change_payment(self, order_id, payment_method):
        order = self.expect(order_id, "pending")
        total = sum(line["price"] for line in self.lines(order_id))
        self.pay(order_id, payment_method, total)
        self.pay(order_id, order["payment_method"], -total)
        self.update(order_id, payment_method=payment_method)
        return "pending"

    def change_items(self, order_id, lines, variants, payment_method, difference):
        self.expect(order_id, "pending")
        self.swap(order_id, lines, variants, payment_method, difference)
        self.update(order_id, items_changed=1)
        return "pending"

    def exchange_items(self, order_id, lines, variants, payment_method, difference):
        self.expect(order_id, "delivered")
        self.swap(order_id, lines, variants, payment_method, difference)
        self.update(order_id, status="going back")
        return "going back"

    def return_items(self, order_id, lines, payment_method):
        self.expect(order_id, "delivered")
        prices = {line["line"]: line["price"] for line in self.lines(order_id)}
        if not lines or len(set(lines)) < len(lines) or not set(lines) <= set(prices):
            raise Refused(f"order {order_id} has the lines {sorted(prices)}")
        self.pay(order_id, payment_method, -sum(prices[line] for line in lines))
        self.update(order_id, status="going back")
        return "going back"

    def stock(self, variant, more):
        self.db.execute("UPDATE variants SET stock = stock + ? WHERE id = ?", (more, variant))

    def swap(self, order_id, lines, variants, payment_method, difference):
        held = {line["line"]: line for line in self.lines(order_id)}
        if len(lines) != len(variants) or len(set(lines)) < len(lines) or not set(lines) <= set(held):
            raise Refused(f"expected a variant for each line, of the lines {sorted(held)}")
        owed = 0
        for line, variant in zip(lines, variants):
            new = self.row(f"variant {variant}", "SELECT * FROM variants WHERE id = ?", variant)
            owed += new["price"] - held[line]["price"]
            self.stock(variant, -1)
            self.stock(held[line]["variant"], 1)
            self.db.execute(
                "UPDATE lines SET variant = ?, price = ? WHERE order_id = ? AND line = ?",
                (variant, new["price"], order_id, line),
            )
        if owed != cents(difference):
            raise Refused(f"the difference is {money(owed)}, not {difference}: look the product up again")
        self.pay(order_id, payment_method, owed)
