"""The loop on LangGraph: an agent node and a tool node, both answered at once.

Its SQLite saver writes each step before the next (durability "sync"). Ends in a line of JSON.
"""

import json
import operator
import os
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, TypedDict

from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph

TURNS = 20
INSTANCES = 200
FOUND = "x" * 200


class State(TypedDict):
    messages: Annotated[list[str], operator.add]
    turns: int


def ask(state: State) -> dict:
    if state["turns"] == TURNS:
        return {"messages": ["Your order is on its way."], "turns": TURNS + 1}
    return {"messages": ['I look that up. {"about":"the order of last week"}']}


def look(state: State) -> dict:
    return {"messages": [FOUND], "turns": state["turns"] + 1}


def build(saver: SqliteSaver):
    graph = StateGraph(State)
    graph.add_node("ask", ask)
    graph.add_node("look", look)
    graph.add_edge(START, "ask")
    graph.add_conditional_edges("ask", lambda state: END if state["turns"] > TURNS else "look")
    graph.add_edge("look", "ask")
    return graph.compile(checkpointer=saver)


def main() -> None:
    with tempfile.TemporaryDirectory(dir=sys.argv[1]) as folder:
        with SqliteSaver.from_conn_string(os.path.join(folder, "loop.db")) as saver:
            saver.setup()
            (synchronous,) = saver.conn.execute("PRAGMA synchronous").fetchone()
            if synchronous < 2:
                raise SystemExit(f"found synchronous={synchronous}, expected 2: a commit is not durable")
            graph = build(saver)

            def one(thread: str) -> None:
                message = "Please look at what is the matter with my order of last week."
                graph.invoke(
                    {"messages": [message], "turns": 0},
                    {"configurable": {"thread_id": thread}, "recursion_limit": 3 * TURNS},
                    durability="sync",
                )

            def play(name: str, instances: int, pool: ThreadPoolExecutor) -> float:
                begun = time.perf_counter()
                list(pool.map(one, [f"{name}-{i}" for i in range(instances)]))
                return instances * TURNS / (time.perf_counter() - begun)

            with ThreadPoolExecutor(INSTANCES) as pool:
                play("warm", 20, pool)
                single = [play(f"one-{i}", 1, pool) for i in range(10)]
                many = [play(f"many-{i}", INSTANCES, pool) for i in range(3)]
            print(
                json.dumps(
                    {
                        "one_turns_second": round(statistics.median(single), 1),
                        "many_turns_second": round(statistics.median(many), 1),
                    }
                )
            )


main()
