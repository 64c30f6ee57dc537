package dev.interlock.core.check;

import dev.interlock.core.check.Explorer.Node;
import dev.interlock.core.check.Explorer.Place;
import dev.interlock.core.check.Forks.Open;
import dev.interlock.core.check.Forks.Option;
import dev.interlock.core.check.Step.Cause;
import dev.interlock.core.machine.ArgRef;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Label;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.Tool;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Calls: what the rules and properties let out, and what becomes of it. */
final class Calling {
  private final Machine machine;
  private final Explorer explorer;
  private final Explored explored;
  private final Space space;
  private final Judge judge;
  private final Watch watch;

  Calling(Machine machine, Explorer explorer, Watch watch) {
    this.machine = machine;
    this.explorer = explorer;
    this.explored = explorer.explored();
    this.space = explorer.space();
    this.watch = watch;
    this.judge = new Judge(machine, space, explorer.trials(), explored, watch);
  }

  List<Open> proposed(Node node, Tool tool) {
    List<Judge.Allowed> all =
        machine.observes() // what would be refused goes out all the same
            ? List.of(Judge.Allowed.anyhow(node.box))
            : judge.judge(node, tool, Map.of());
    List<Judge.Allowed> out = goes(node, tool, all);
    for (Judge.Allowed allowed : out) {
      dispatched(
          node,
          tool,
          allowed,
          (after, ok) -> explorer.reach(after.place, after.box, node, after.step));
    }
    return tool.effect() == EffectClass.READ
        ? List.of()
        : out.stream()
            .map(it -> new Open(new Option.Call(tool.name()), it.box(), Set.of(), Set.of()))
            .toList();
  }

  /** What goes out of what the rules allow, of runs that are followed. */
  List<Judge.Allowed> goes(Node node, Tool tool, List<Judge.Allowed> allowed) {
    String state = node.place.visit().state();
    boolean kept = watch.keeps(tool.name(), node.place.happened()) && !machine.observes();
    List<Judge.Allowed> out =
        kept
            ? List.of()
            : allowed.stream()
                .filter(it -> it.asks().stream().map(Property::yes).noneMatch(watch::avoids))
                .toList();
    for (Judge.Allowed call : out) {
      explored.called(state, tool.name());
      Step step = Cause.FACTS.of(call.step(tool));
      if (tool.labels().contains(Label.EXTERNAL)) {
        explored.sent(state, tool.name(), !call.asks().isEmpty(), node);
      }
      if (against(node, tool, call) || explorer.isSought(tool.name(), state)) {
        explorer.found(new Node(node.place, node.box, node, step));
      }
    }
    return out;
  }

  /** Whether a call is against the property that is looked at. */
  private boolean against(Node node, Tool tool, Judge.Allowed call) {
    return watch.against(tool.name(), agreed(node.place.happened(), call))
        && (Watch.condition(watch.property()) == null || machine.observes() || call.about())
        && !(watch.key() != null && Boolean.FALSE.equals(call.same()));
  }

  /** What has happened once people have said yes to a call. */
  private Set<String> agreed(Set<String> happened, Judge.Allowed call) {
    Set<String> more = happened;
    for (String role : call.asks()) {
      more = watch.after(more, Property.yes(role));
    }
    return more;
  }

  /** The labels of what was returned, once a tool has returned or failed, too. */
  private static Set<Label> labelled(Set<Label> before, Tool tool) {
    if (before.containsAll(tool.labels())) {
      return before;
    }
    Set<Label> after = EnumSet.copyOf(tool.labels());
    after.addAll(before);
    return after;
  }

  private interface Settled {
    void settled(Node after, boolean ok);
  }

  /** What becomes of a call that goes out. */
  private void dispatched(Node node, Tool tool, Judge.Allowed allowed, Settled settled) {
    Set<Label> labels = labelled(node.place.labels(), tool);
    Place place = new Place(node.place.visit(), labels, agreed(node.place.happened(), allowed));
    Place returned = place.at(place.visit(), watch.after(place.happened(), tool.name()));
    Box forgot = space.clear(allowed.box(), tool.forgets());
    Box filled = forgot;
    Box some = forgot;
    for (Field field : machine.context().values()) {
      if (field.source() instanceof Source.Tools source && source.from().contains(tool.name())) {
        boolean keeps = field.keyed() || source.append();
        filled = keeps ? maybe(filled, field, tool, allowed) : space.filled(filled, field.name());
        some = keeps ? maybe(some, field, tool, allowed) : space.maybe(some, field.name());
      }
    }
    Step step = Cause.FACTS.of(allowed.step(tool));
    if (!place.happened().equals(node.place.happened())) { // judged again, it may be refused
      Place agreed = node.place.at(node.place.visit(), place.happened());
      Step refused = step.and(", which does not go out after all");
      settled.settled(new Node(agreed, allowed.box(), node, refused), false);
    }
    boolean follows = !watch.avoids(tool.name(), allowed);
    if (follows) {
      settled.settled(new Node(returned, filled, node, step), true);
    }
    settled.settled(new Node(place, forgot, node, step.and(", which fails")), false);
    if (follows && !some.equals(forgot)) { // it has returned all the same
      explorer.over(new Node(returned, some, node, step), some, Reason.MISFIT);
    }
    if (tool.effect() != EffectClass.READ) {
      explorer
          .over(new Node(place, forgot, node, step), forgot, Reason.OUTCOME_UNKNOWN)
          .forEach(come -> {
            if (follows) {
              resolved(come, tool, allowed);
            }
          });
    }
  }

  /** A person may say later that a call happened, and what its result was. */
  private void resolved(Node node, Tool tool, Judge.Allowed call) {
    Box box = space.clear(node.box, tool.forgets());
    for (Field field : machine.context().values()) {
      if (field.from().contains(tool.name())) {
        box = maybe(box, field, tool, call);
      }
    }
    Set<String> happened = watch.after(node.place.happened(), tool.name());
    Step step = Cause.FACTS.of("a person says that " + tool.name() + " happened");
    explorer.reach(node.place.at(node.place.visit(), happened), box, node, step);
  }

  /** What a result may add; under the argument that is followed, what is filed under its value. */
  private Box maybe(Box box, Field field, Tool tool, Judge.Allowed call) {
    Watch.@Nullable Key key = watch.key(tool.name());
    @Nullable Boolean same = call.same();
    if (key == null
        || same == null
        || !field.key().equals(List.of(new ArgRef(List.of(key.argument()))))) {
      return space.maybe(box, field.name());
    }
    int variable = space.index(field.name());
    long filed = space.under(variable, String.valueOf(key.value()));
    long filled = space.filled(variable) & (same ? filed : ~filed);
    return box.with(variable, box.mask(variable) | filled);
  }

  void call(Node node, State.Call call) {
    explorer.over(node, node.box, List.of(Reason.TOOL_CALLS, Reason.TOOL_DRIFT));
    List<Made> made = List.of(new Made(node, true));
    for (State.Made each : call.calls()) {
      List<Made> next = new ArrayList<>();
      made.forEach(before -> made(before, each, next));
      made = next;
    }
    if (explorer.influence().mayFail(call)) { // the model chooses what they are made with
      List<Open> ways = new ArrayList<>();
      for (Made each : made) {
        Target target = each.ok() ? call.ok() : call.failed();
        Option way = new Option.Go(target, ended(each), List.of());
        ways.add(new Open(way, each.node().box, Set.of(), Set.of()));
      }
      explorer.forked(node, ways);
    }
    for (Made each : made) {
      Node after = each.node();
      explorer.over(
          after,
          after.box,
          List.of(Reason.TOOL_CALLS, Reason.ERRORS, Reason.TOTAL_ERRORS, Reason.DURATION));
      explorer.move(after, after.box, each.ok() ? call.ok() : call.failed(), ended(each));
    }
  }

  private static Step ended(Made made) {
    return Cause.MADE.of(made.ok() ? "ok" : "failed");
  }

  /** What has become of the calls of a state so far. */
  private record Made(Node node, boolean ok) {}

  /** One that is refused or fails stops no other. */
  private void made(Made before, State.Made call, List<Made> after) {
    Node node = before.node();
    Tool tool = machine.tool(call.tool());
    after.add(new Made(node, false));
    for (Judge.Allowed allowed : goes(node, tool, judge.judge(node, tool, call.with()))) {
      dispatched(node, tool, allowed, (sent, ok) -> after.add(new Made(sent, before.ok() && ok)));
    }
  }
}
