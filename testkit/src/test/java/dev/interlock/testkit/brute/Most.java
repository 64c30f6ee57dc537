package dev.interlock.testkit.brute;

import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.State;
import dev.interlock.core.prompt.Reply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The most that any run of a tiny machine takes, as long as no operator resumes it or sends an
 * event: all of its runs are walked, by {@code decide}, with what they spent of budgets that are
 * small. Others are taken never to be spent.
 */
public final class Most {
  /** What is taken in a circle that no small budget ends. */
  public static final long WITHOUT_END = Long.MAX_VALUE / 4;

  private static final String ID = "most";

  private final Machine machine;
  private final World world;
  private final Alike alike;
  private final int most;
  private final Map<Where, Integer> known = new HashMap<>();
  private final List<Where> nodes = new ArrayList<>();
  private final List<List<Edge>> edges = new ArrayList<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private long[][] taken = new long[0][];
  private boolean whole = true;

  /**
   * Instances that have the same future.
   *
   * @param sent from which states its unknown calls went out
   */
  private record Where(Instance instance, List<String> sent) {}

  /**
   * A step.
   *
   * @param to -1 if it has ended
   * @param takes how much more, by the number of what
   */
  private record Edge(int to, Map<Integer, Long> takes) {}

  private Most(Machine machine, Set<Budget> small, int most) {
    this.machine = machine;
    this.world = new World(machine);
    this.alike = new Alike(machine, small);
    this.most = most;
  }

  /**
   * Walks all runs.
   *
   * @param small the budgets of which it is counted what is spent
   * @param most how many instances are looked at
   */
  public static Most walk(Machine machine, Set<Budget> small, int most) {
    Most walk = new Most(machine, small, most);
    walk.run();
    walk.add();
    return walk;
  }

  /** Whether all runs were walked. */
  public boolean whole() {
    return whole;
  }

  public int instances() {
    return nodes.size();
  }

  /** Of a thing, such as {@code visits of S0}, {@code calls} or {@code happened of t.act}. */
  public long of(String what) {
    int number = numbers.getOrDefault(what, -1);
    return number < 0 ? 0 : taken[0][number];
  }

  // ---- the walk

  private void run() {
    Where unborn = new Where(Instance.unborn(ID), List.of());
    nodes.add(unborn);
    edges.add(new ArrayList<>());
    world.starts().forEach(start -> step(0, unborn, start));
    for (int next = 1; next < nodes.size(); next++) {
      if (next >= most) {
        whole = false;
        break;
      }
      leave(next, nodes.get(next));
    }
  }

  private void leave(int at, Where from) {
    Instance it = from.instance();
    for (Occurrence occurrence : world.occurrences(it)) {
      boolean operator =
          occurrence instanceof Occurrence.Resumed
              || occurrence instanceof Occurrence.Cancelled
              || (occurrence instanceof Occurrence.EventSent event && event.from().operator());
      if (!operator) {
        step(at, from, occurrence);
      }
    }
    if (it.turn() != null
        && it.turn().open()
        && machine.state(it.state()) instanceof State.Agent state) {
      replies(it, state).forEach(calls -> step(at, from, Brute.reply(calls)));
      step(at, from, Brute.reply(Reply.Stop.LENGTH, List.of()));
    }
  }

  /** Nothing, a mistake, something recorded, and up to two calls. */
  private List<Reply.Call[]> replies(Instance it, State.Agent state) {
    List<Reply.Call[]> replies = new ArrayList<>();
    replies.add(new Reply.Call[0]);
    replies.add(new Reply.Call[] {Brute.call("n", "no_such_tool", Map.of())});
    world
        .records(state)
        .forEach(values -> replies.add(new Reply.Call[] {Brute.call("r", "record", values)}));
    for (String tool : state.tools()) {
      for (Map<String, Object> args : world.arguments(tool)) {
        Reply.Call one = Brute.call("t", tool, args);
        replies.add(new Reply.Call[] {one});
        replies.add(new Reply.Call[] {one, Brute.call("u", tool, args)});
        for (String other : state.tools()) {
          if (!other.equals(tool)) {
            replies.add(
                new Reply.Call[] {one, Brute.call("u", other, world.arguments(other).getFirst())});
          }
        }
      }
    }
    it.parked()
        .forEach(parked ->
            replies.add(
                new Reply.Call[] {
                  Brute.call("b", "take_back", Map.of("call", (long) parked.number()))
                }));
    return replies;
  }

  private void step(int at, Where from, Occurrence occurrence) {
    Decision decision = Decide.decide(machine, from.instance(), occurrence);
    if (!(decision instanceof Decision.Accepted(List<Outcome> outcomes, var effects, String n))) {
      return;
    }
    Map<Integer, Long> takes = new HashMap<>();
    Instance it = from.instance();
    for (Outcome outcome : outcomes) {
      Instance last = it;
      it = Evolve.evolve(it, outcome, Brute.NOW);
      count(outcome, last, from, takes);
    }
    takes.values().removeIf(amount -> amount == 0);
    if (it.end() != null) {
      edges.get(at).add(new Edge(-1, takes));
      return;
    }
    if (alike.deep(it)) {
      whole = false;
      return;
    }
    List<String> sent = it.unknown().stream().map(call -> sentFrom(call.number(), from)).toList();
    Where there = new Where(alike.of(it), sent);
    int to =
        known.computeIfAbsent(
            there,
            w -> {
              nodes.add(w);
              edges.add(new ArrayList<>());
              return nodes.size() - 1;
            });
    edges.get(at).add(new Edge(to, takes));
  }

  /** From which state a call went out that is not settled. */
  private static String sentFrom(int call, Where from) {
    List<Call> unknown = from.instance().unknown();
    for (int i = 0; i < unknown.size(); i++) {
      if (unknown.get(i).number() == call) {
        return from.sent().get(i);
      }
    }
    return from.instance().state();
  }

  private void count(Outcome outcome, Instance it, Where from, Map<Integer, Long> takes) {
    switch (outcome) {
      case Outcome.Entered into -> more(takes, "visits of " + into.state(), 1);
      case Outcome.Asked asked -> {
        more(takes, "turns of " + it.state(), 1);
        more(takes, "turns", 1);
      }
      case Outcome.CallDispatched sent -> {
        String tool = tool(it, sent.call());
        more(takes, "calls of " + it.state(), 1);
        more(takes, "calls", 1);
        more(takes, "calls of " + tool, 1);
        happens(takes, tool, it.state(), 1);
      }
      case Outcome.CallFailed failed ->
          happens(takes, tool(it, failed.call()), sentFrom(failed.call(), from), -1);
      case Outcome.UnknownSettled settled when !settled.happened() ->
          happens(takes, tool(it, settled.call()), sentFrom(settled.call(), from), -1);
      default -> {}
    }
  }

  private static String tool(Instance it, int number) {
    return Stream.concat(it.liveCalls(), it.unknown().stream())
        .filter(call -> call.number() == number)
        .findFirst()
        .orElseThrow()
        .tool();
  }

  private void happens(Map<Integer, Long> takes, String tool, String state, long times) {
    more(takes, "happened of " + tool, times);
    if (machine.tool(tool).effect() != EffectClass.READ) {
      more(takes, "writes of " + state, times);
      more(takes, "writes", times);
    }
  }

  private void more(Map<Integer, Long> takes, String what, long amount) {
    int number =
        numbers.computeIfAbsent(
            what,
            w -> {
              names.add(w);
              return names.size() - 1;
            });
    takes.merge(number, amount, Long::sum);
  }

  // ---- the worst of all runs

  /** What is spent of a budget never comes back: on a way in a circle nothing of it is taken. */
  private void add() {
    taken = new long[nodes.size()][];
    List<Integer> finished = new ArrayList<>();
    BitSet seen = new BitSet();
    through(0, node -> edges.get(node).stream().map(Edge::to).filter(to -> to >= 0).toList(), seen)
        .forEach(finished::add);
    List<List<Integer>> before = new ArrayList<>();
    nodes.forEach(node -> before.add(new ArrayList<>()));
    for (int node = 0; node < edges.size(); node++) {
      for (Edge edge : edges.get(node)) {
        if (edge.to() >= 0) {
          before.get(edge.to()).add(node);
        }
      }
    }
    List<List<Integer>> groups = new ArrayList<>();
    BitSet grouped = new BitSet();
    for (int node : finished.reversed()) {
      List<Integer> group = through(node, before::get, grouped);
      if (!group.isEmpty()) {
        groups.addFirst(group);
      }
    }
    groups.forEach(this::group);
  }

  private interface Next {
    List<Integer> of(int node);
  }

  private static List<Integer> through(int from, Next next, BitSet seen) {
    List<Integer> finished = new ArrayList<>();
    if (seen.get(from)) {
      return finished;
    }
    Deque<Integer> at = new ArrayDeque<>();
    Deque<Deque<Integer>> left = new ArrayDeque<>();
    seen.set(from);
    at.push(from);
    left.push(new ArrayDeque<>(next.of(from)));
    while (!at.isEmpty()) {
      if (left.peek().isEmpty()) {
        left.pop();
        finished.add(at.pop());
      } else {
        int to = left.peek().pop();
        if (!seen.get(to)) {
          seen.set(to);
          at.push(to);
          left.push(new ArrayDeque<>(next.of(to)));
        }
      }
    }
    return finished;
  }

  private void group(List<Integer> group) {
    BitSet members = new BitSet();
    group.forEach(members::set);
    long[] worst = new long[names.size()];
    for (int node : group) {
      for (Edge edge : edges.get(node)) {
        boolean within = edge.to() >= 0 && members.get(edge.to());
        long[] then = edge.to() < 0 || within ? new long[names.size()] : taken[edge.to()].clone();
        edge.takes()
            .forEach((what, amount) -> then[what] += within && amount > 0 ? WITHOUT_END : amount);
        for (int what = 0; what < worst.length; what++) {
          worst[what] = Math.min(WITHOUT_END, Math.max(worst[what], then[what]));
        }
      }
    }
    group.forEach(node -> taken[node] = worst);
  }
}
