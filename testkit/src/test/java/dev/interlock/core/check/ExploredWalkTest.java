package dev.interlock.core.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.State;
import dev.interlock.testkit.walk.Generated;
import dev.interlock.testkit.walk.Trail;
import dev.interlock.testkit.walk.Walk;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Wherever a walk comes to, the explorer was before: in that state, with these fields filled and no
 * others, and with that call. {@code -Dinterlock.check.machines=N} draws more machines.
 */
class ExploredWalkTest {
  private static final long MACHINES = Long.getLong("interlock.check.machines", 200L);
  private static final int WALKS = 3;

  private long met;
  private long refused;
  private long judged;
  private final Set<Code> told = new TreeSet<>();

  @Test
  void explorerWasWhereverAWalkComes() {
    for (long seed : seeds()) {
      Generated generated = Generated.of(seed);
      Explorer explorer = Explorer.of(generated.machine());
      assertThat(explorer.explored().wasCut()).isFalse();
      List<Property> proven = seed % 2 == 0 ? proven(generated, seed) : List.of();
      for (int i = 0; i < WALKS; i++) {
        Trail trail = Walk.over(generated.machine(), seed * WALKS + i);
        follow(generated, explorer, trail);
        judge(generated, proven, trail);
      }
    }
    if (Long.getLong("interlock.walk.machine") == null) {
      assertThat(met).as("where walks came").isGreaterThan(10_000);
      assertThat(refused).as("what properties refused").isGreaterThan(10);
      assertThat(judged).as("what was proven and may have been broken").isGreaterThan(500);
      assertThat(told)
          .as("what is said of these machines")
          .contains(Code.UNREACHABLE, Code.ALWAYS_REFUSED, Code.NEVER_MET, Code.NEVER_TRUE);
    }
  }

  private static long[] seeds() {
    Long one = Long.getLong("interlock.walk.machine");
    return one != null ? new long[] {one} : LongStream.range(0, MACHINES).toArray();
  }

  private void follow(Generated generated, Explorer explorer, Trail trail) {
    Machine machine = generated.machine();
    Explored explored = explorer.explored();
    Instance instance = Instance.unborn("walk");
    for (Entry entry : trail.journal()) {
      for (Outcome outcome : entry.outcomes()) {
        String before = instance.state();
        instance = Evolve.evolve(instance, outcome, entry.at());
        switch (outcome) {
          case Outcome.CallDispatched sent ->
              assertThat(explored.calls(before))
                  .as(() -> shown(generated, trail, entry))
                  .contains(tool(instance, sent.call()));
          case Outcome.Ruled ruled when ruled.verdict() == Outcome.Verdict.REFUSES ->
              broken(ruled.rule(), explorer, generated, trail, entry);
          case Outcome.Escalation reached when reached.escalated().reason() == Reason.PROPERTY ->
              broken(reached.escalated().name(), explorer, generated, trail, entry);
          default -> {}
        }
      }
      boolean calling =
          instance.turn() != null && machine.state(instance.state()) instanceof State.Call;
      if (!calling) { // what one of its calls brought meanwhile nothing looks at
        met++;
        assertThat(explored.states())
            .as(() -> shown(generated, trail, entry))
            .contains(instance.state());
        Set<String> filled = filled(machine, instance);
        assertThat(explorer.met(instance.state(), filled))
            .as(() -> filled + " " + shown(generated, trail, entry))
            .isTrue();
      }
    }
  }

  // ---- properties that nothing monitors

  /** Of a few properties of this machine, those that are said to be proven. */
  private List<Property> proven(Generated generated, long seed) {
    Machine machine = generated.machine();
    Random random = new Random(seed);
    List<String> tools = List.copyOf(machine.tools().keySet());
    List<String> doings = new ArrayList<>(tools);
    doings.addAll(machine.states().keySet());
    List<Property> properties = new ArrayList<>();
    properties.add(new Property.Never("never", any(doings, random), null, null));
    properties.add(new Property.Never("after", any(doings, random), any(doings, random), null));
    properties.add(new Property.AtMost("at most", random.nextInt(3), any(doings, random)));
    String first = any(tools, random);
    String then = any(tools, random);
    arguments(machine, first).stream()
        .filter(it -> arguments(machine, then).contains(it) && !first.equals(then))
        .findFirst()
        .ifPresent(it -> properties.add(new Property.Before("same", first, then, it, null)));
    MachineCheck.Checked checked = MachineCheck.of(with(machine, properties));
    checked.findings().forEach(finding -> told.add(finding.code()));
    List<String> proven = checked.proven();
    return properties.stream().filter(it -> proven.contains(it.name())).toList();
  }

  private static String any(List<String> names, Random random) {
    return names.get(random.nextInt(names.size()));
  }

  private static Set<String> arguments(Machine machine, String tool) {
    Set<String> names = new TreeSet<>();
    if (machine.tool(tool).locked().inputSchema().get("properties") instanceof Map<?, ?> map) {
      map.keySet().forEach(it -> names.add(String.valueOf(it)));
    }
    return names;
  }

  private static Machine with(Machine it, List<Property> properties) {
    return new Machine(
        it.identity(),
        it.name(),
        it.version(),
        it.title(),
        it.constants(),
        it.tools(),
        it.context(),
        it.events(),
        it.rules(),
        it.budgets(),
        it.initial(),
        it.states(),
        it.anywhere(),
        it.listens(),
        Stream.concat(it.properties().stream(), properties.stream()).toList(),
        it.observes(),
        it.history());
  }

  private void judge(Generated generated, List<Property> proven, Trail trail) {
    Instance instance = Instance.unborn("walk");
    Map<String, Integer> times = new HashMap<>();
    Set<List<Object>> returned = new HashSet<>();
    for (Entry entry : trail.journal()) {
      for (Outcome outcome : entry.outcomes()) {
        Instance before = instance;
        instance = Evolve.evolve(instance, outcome, entry.at());
        @Nullable Call sent = null;
        @Nullable String done = null;
        switch (outcome) {
          case Outcome.CallDispatched it -> {
            sent = call(instance, it.call());
            done = sent.tool();
          }
          case Outcome.Entered it -> {
            done = instance.state();
            times.merge(done, 1, Integer::sum);
          }
          case Outcome.CallApplied it when it.success() -> {
            Call call = call(before, it.call());
            times.merge(call.tool(), 1, Integer::sum);
            call.args().forEach((name, value) -> returned.add(List.of(call.tool(), name, value)));
          }
          default -> {}
        }
        for (Property property : proven) {
          judged++;
          assertThat(isBroken(property, done, sent, before, times, returned))
              .as(() -> property + " " + shown(generated, trail, entry))
              .isFalse();
        }
      }
    }
  }

  private static boolean isBroken(
      Property property,
      @Nullable String done,
      @Nullable Call sent,
      Instance before,
      Map<String, Integer> times,
      Set<List<Object>> returned) {
    return switch (property) {
      case Property.Never never ->
          never.what().equals(done)
              && (never.after() == null
                  || before.returned().contains(never.after())
                  || before.visits().containsKey(never.after()));
      case Property.AtMost most -> times.getOrDefault(most.of(), 0) > most.count();
      case Property.Before it ->
          sent != null
              && it.then().equals(sent.tool())
              && sent.args().get(it.same()) != null
              && !returned.contains(List.of(it.first(), it.same(), sent.args().get(it.same())));
      case Property.Eventually it -> false;
    };
  }

  private static Call call(Instance instance, int number) {
    return instance.liveCalls().filter(it -> it.number() == number).findFirst().orElseThrow();
  }

  private void broken(
      String name, Explorer explorer, Generated generated, Trail trail, Entry entry) {
    for (Property property : generated.machine().properties()) {
      if (property instanceof Property.Before && property.name().equals(name)) {
        refused++;
        assertThat(explorer.explored().broken(property))
            .as(() -> name + " " + shown(generated, trail, entry))
            .isPresent();
      }
    }
  }

  private static String tool(Instance instance, int call) {
    return call(instance, call).tool();
  }

  private static Set<String> filled(Machine machine, Instance instance) {
    Set<String> filled = new TreeSet<>();
    instance
        .facts()
        .forEach((name, value) -> {
          boolean empty =
              (value instanceof Collection<?> items && items.isEmpty())
                  || (machine.field(name).keyed()
                      && value instanceof Map<?, ?> entries
                      && entries.isEmpty());
          if (!empty) {
            filled.add(name);
          }
        });
    return filled;
  }

  private static String shown(Generated generated, Trail trail, Entry entry) {
    return "at entry %d on the machine below, which is drawn by -Dinterlock.walk.machine=%d\n%s\n%s"
        .formatted(entry.seq(), generated.seed(), trail, generated.text());
  }
}
