"""An insurer in an SQLite file: policies, what was paid, quotes of garages.

A payment and the note of its idempotency key are one row: the same key again gives the first answer
and pays nothing. Money is counted in cents, and written as text with two decimals.
"""

import json
import os
import sqlite3

HERE = os.path.dirname(os.path.abspath(__file__))

TABLES = """
CREATE TABLE policies (number TEXT PRIMARY KEY, email TEXT UNIQUE, name TEXT, begins TEXT, ends TEXT,
                       cover INTEGER, excess INTEGER);
CREATE TABLE quotes (reference TEXT PRIMARY KEY, policy TEXT, garage TEXT, amount INTEGER, text TEXT);
CREATE TABLE payments (number INTEGER PRIMARY KEY, key TEXT UNIQUE, policy TEXT, iban TEXT, amount INTEGER, paid_on TEXT);
CREATE TABLE mails (number INTEGER PRIMARY KEY, key TEXT UNIQUE, recipient TEXT, text TEXT);
"""


class Refused(Exception):
    """Nothing was done, and this is why."""


def cents(text):
    whole, _, fraction = text.partition(".")
    return int(whole) * 100 + int((fraction + "00")[:2])


def money(amount):
    return f"{amount // 100}.{amount % 100:02d}"


class Claims:
    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(HERE, "seed.json"), encoding="utf-8") as file:
            self.seeded = json.load(file)
        path = os.path.join(folder, "claims.db")
        self.db = sqlite3.connect(path, timeout=30, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA synchronous = FULL")
        if not self.rows("SELECT 1 FROM sqlite_master WHERE name = 'payments'"):
            self.seed()

    def close(self):
        self.db.close()

    def seed(self):
        self.db.execute("BEGIN IMMEDIATE")
        for table in TABLES.split(";"):
            self.db.execute(table)
        for p in self.seeded["policies"]:
            values = (p["number"], p["email"], p["name"], p["from"], p["to"])
            self.put("policies", *values, cents(p["cover"]), cents(p["excess"]))
        for q in self.seeded["quotes"]:
            self.put("quotes", q["reference"], q["policy"], q["garage"], cents(q["amount"]), q["text"])
        for p in self.seeded["paid"]:
            self.put("payments", None, None, p["policy"], "", cents(p["amount"]), p["on"])
        self.db.execute("COMMIT")

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
        if tool in ("pay", "mail"):
            return getattr(self, tool)(key, **arguments)
        return getattr(self, tool)(**arguments)

    # ---- what is asked

    def policy(self, email):
        p = self.row("policy of this address", "SELECT * FROM policies WHERE email = ?", email)
        return {
            "policy": {
                "number": p["number"],
                "from": p["begins"],
                "to": p["ends"],
                "cover": money(p["cover"]),
                "excess": money(p["excess"]),
            },
            "holder": {"name": p["name"]},
        }

    def history(self, email):
        p = self.row("policy of this address", "SELECT * FROM policies WHERE email = ?", email)
        paid = self.rows(
            """
            SELECT amount FROM payments
            WHERE policy = ? AND amount <= 50000 AND paid_on >= date('now', '-1 year') ORDER BY number
            """,
            p["number"],
        )
        return {"paid": [money(payment["amount"]) for payment in paid]}

    def quote(self, policy, reference):
        sql = "SELECT * FROM quotes WHERE reference = ? AND policy = ?"
        q = self.row(f"quote {reference} for this policy", sql, reference, policy)
        return {
            "reference": reference,
            "garage": q["garage"],
            "amount": money(q["amount"]),
            "text": q["text"],
        }

    def estimate(self, policy, photos):
        """This insurer sees what is on a photo by its name: bumper.png."""
        prices = self.seeded["prices"]
        names = [os.path.splitext(os.path.basename(photo))[0] for photo in photos]
        unknown = [name for name in names if name not in prices]
        if unknown:
            raise Refused(f"nothing can be made out on {', '.join(unknown)}")
        return {"parts": [{"name": name, "amount": prices[name]} for name in dict.fromkeys(names)]}

    def fraud_score(self, policy, what, happened):
        words = what.lower().split()
        return {"score": "0.9" if set(words) & set(self.seeded["suspicious"]) else "0.1"}

    def paid_by_key(self, key):
        return {"found": bool(self.rows("SELECT 1 FROM payments WHERE key = ?", key))}

    # ---- what is done

    def pay(self, key, policy, iban, amount):
        self.row(f"policy {policy}", "SELECT 1 FROM policies WHERE number = ?", policy)
        wanted = (policy, iban, cents(amount))
        self.db.execute(
            """
            INSERT INTO payments (key, policy, iban, amount, paid_on) VALUES (?, ?, ?, ?, date('now'))
            ON CONFLICT (key) DO NOTHING
            """,
            (key, *wanted),
        )
        p = self.rows("SELECT * FROM payments WHERE key IS ? ORDER BY number DESC", key)[0]
        if (p["policy"], p["iban"], p["amount"]) != wanted:
            raise Refused("this idempotency key was used for something else")
        return {"payment": f"T-{p['number']}", "amount": money(p["amount"])}

    def mail(self, key, to, text):
        self.db.execute(
            "INSERT INTO mails (key, recipient, text) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING",
            (key, to, text),
        )
        return {"sent": True}
