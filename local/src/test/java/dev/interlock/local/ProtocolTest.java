package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.machine.EffectClass;
import dev.interlock.local.Protocol.Flaw;
import dev.interlock.local.Protocol.Setup;
import dev.interlock.local.ProtocolState.Faults;
import dev.interlock.local.ProtocolState.Middle;
import dev.interlock.local.ProtocolState.Plan;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every state that the model of commit and dispatch can come to. */
class ProtocolTest {
  private static final Plan CALL = new Plan(Middle.NONE, EffectClass.WRITE, true, false);

  enum World {
    ONE(new Setup(List.of(new Plan(Middle.NONE, EffectClass.WRITE, true, true)), 3, new Faults(2, 1, 2), false, Flaw.NONE)),
    ASKED(new Setup(List.of(new Plan(Middle.REPLY, EffectClass.WRITE, false, true)), 3, new Faults(2, 1, 2), false, Flaw.NONE)),
    ANSWERED(new Setup(List.of(new Plan(Middle.ANSWER, EffectClass.IDEMPOTENT, true, false)), 3, new Faults(2, 1, 2), false, Flaw.NONE)),
    TIMED(new Setup(List.of(new Plan(Middle.TIMER, EffectClass.READ, false, false)), 3, new Faults(2, 1, 2), false, Flaw.NONE)),
    TWO(new Setup(List.of(CALL, CALL), 2, new Faults(1, 0, 0), true, Flaw.NONE)),
    TWO_FAILING(new Setup(List.of(CALL, CALL), 2, new Faults(0, 1, 0), true, Flaw.NONE)),
    TWO_CLASSES(new Setup(List.of(CALL, new Plan(Middle.ANSWER, EffectClass.READ, false, false)), 2, new Faults(1, 0, 0), true, Flaw.NONE));
    final Setup setup;
    World(Setup setup) { this.setup = setup; }
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsLostDoubledOrStuck(World world) {
    long t = System.nanoTime();
    Search.Found found = Search.all(new Protocol(world.setup));
    System.out.printf("%s: %,d states, %,d steps %d ms%n", world, found.states(), found.steps(), (System.nanoTime() - t) / 1_000_000);
    assertThat(found.wrong()).isNull();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void flawIsFound(Flaw flaw) {
    Search.Found found = Search.all(new Protocol(World.ONE.setup.with(flaw)));
    System.out.println(flaw + " " + found.states() + ": " + found.wrong());
    assertThat(found.wrong()).isNotNull();
  }
}
