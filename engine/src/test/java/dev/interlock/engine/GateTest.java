package dev.interlock.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.check.MachineCheck;
import dev.interlock.core.engine.Engine.Start;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GateTest {
  private static final Start DESPITE = new Start("m", null, null, Map.of(), true);

  private static Machine machine(String way) {
    String text =
        """
        machine: m
        version: 1
        initial: Work
        states:
          Work: {goal: Work., otherwise: %s}
          Done: {type: final}
        """
            .formatted(way);
    return Objects.requireNonNull(
        MachineLoader.load("machine.yaml", text, ToolLock.EMPTY).machine());
  }

  @Test
  void machineIsCheckedOnceHoweverManyStartAtOnce() throws Exception {
    AtomicInteger checks = new AtomicInteger();
    Gate gate =
        new Gate(machine -> {
          checks.incrementAndGet();
          return MachineCheck.of(machine);
        });
    int many = 8;
    CyclicBarrier together = new CyclicBarrier(many);
    List<Future<Boolean>> starting = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(many)) {
      for (int i = 0; i < many; i++) {
        Machine machine = machine(i % 2 == 0 ? "Work" : "Done"); // another object each time
        starting.add(
            threads.submit(() -> {
              together.await();
              return gate.rejection(machine).isPresent();
            }));
      }
      for (int i = 0; i < many; i++) {
        assertThat(starting.get(i).get()).as("start no. %d", i).isEqualTo(i % 2 == 0);
      }
    }
    assertThat(checks).hasValue(2);
  }

  /** A mistake of the check must not keep anybody from working, nor pass anything unseen. */
  @Test
  void machineThatCannotBeCheckedIsAnErrorThatIsNotRemembered() {
    AtomicInteger checks = new AtomicInteger();
    Gate gate =
        new Gate(machine -> {
          if (checks.incrementAndGet() <= 2) {
            throw new StackOverflowError();
          }
          return MachineCheck.of(machine);
        });
    Machine sound = machine("Done");

    assertThat(gate.rejection(sound).orElseThrow().message())
        .contains("it could not be checked, java.lang.StackOverflowError");
    assertThat(gate.despite(sound, DESPITE)).containsExactly(Gate.UNCHECKED);
    assertThat(gate.rejection(sound)).isEmpty();
    assertThat(gate.despite(sound, DESPITE)).isNull();
  }
}
