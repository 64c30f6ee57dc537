package dev.interlock.testkit.simulate;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.evolve.Approval;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.State;
import dev.interlock.testkit.cast.Crowd;
import dev.interlock.testkit.cast.Hostile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The people of one run: for whatever the instance waits for, somebody is asked once, and does
 * something about it later, or never.
 */
final class People {
  /** After so many resumptions an operator leaves it be. */
  private static final int RESUMPTIONS = 2;

  private final Machine machine;
  private final Crowd crowd;
  private final Profile profile;
  private final Set<String> asked = new HashSet<>();
  private int resumed;

  People(Machine machine, Profile profile) {
    this.machine = machine;
    this.crowd = new Crowd(machine);
    this.profile = profile;
  }

  /** What somebody is asked, by a name that says for what; each is asked once. */
  List<String> newly(Instance instance) {
    List<String> all = new ArrayList<>();
    if (instance.end() != null) {
      return all;
    }
    if (instance.inEscalation()) {
      if (instance.escalated() != null && instance.escalated().ticket() != null) {
        all.add("o" + instance.escalated().number() + "/" + instance.unknown().size());
      }
    } else if (instance.turn() == null) {
      waiting(instance, all);
    }
    for (Parked parked : instance.parked()) {
      int yes = parked.asks().stream().mapToInt(ask -> ask.yes().size()).sum();
      all.add("a" + parked.number() + "/" + yes);
    }
    all.removeIf(it -> !asked.add(it));
    return all;
  }

  private void waiting(Instance instance, List<String> all) {
    Approval approval = instance.approval();
    if (approval != null) {
      all.add("a" + approval.number() + "/" + approval.given().size());
    } else if (instance.visit().waiting()) {
      all.add("u" + instance.visit().number() + "/" + instance.questions());
    } else if (machine.state(instance.state()) instanceof State.Wait) {
      all.add("e" + instance.visit().number());
    }
  }

  /** What they do about it, or nothing if it is no longer asked. */
  @Nullable Occurrence act(String about, Hostile draw, Instance instance, Instant now) {
    if (instance.end() != null) {
      return null;
    }
    return switch (about.charAt(0)) {
      case 'o' -> steer(draw, instance, now);
      case 'a' ->
          instance.parked().isEmpty() && instance.approval() == null
              ? null
              : crowd.answer(draw, instance, now);
      case 'e' -> crowd.event(draw, instance, now);
      default -> message(draw, instance, now);
    };
  }

  private Occurrence message(Hostile draw, Instance instance, Instant now) {
    int astray = profile.faults().people();
    return astray > 0 && draw.oneIn(astray)
        ? crowd.message(draw.wild(), instance, now)
        : crowd.told(draw, instance, now);
  }

  private @Nullable Occurrence steer(Hostile draw, Instance instance, Instant now) {
    boolean unknown = instance.liveCalls().anyMatch(it -> it.stage() == Call.Stage.UNKNOWN);
    boolean resumes =
        machine.state(instance.state()) instanceof State.Escalation escalation
            && !escalation.resume().isEmpty()
            && resumed < RESUMPTIONS
            && !draw.oneIn(3);
    if (!unknown && !resumes) {
      return null;
    }
    resumed += unknown ? 0 : 1;
    return crowd.steer(draw, instance, now);
  }

  /** What somebody does whom nobody asked. */
  Occurrence whim(Hostile draw, Instance instance, Instant now) {
    return machine.events().isEmpty() || draw.oneIn(4)
        ? draw.oneIn(8) && !draw.sincere()
            ? crowd.steer(draw, instance, now)
            : crowd.message(draw, instance, now)
        : crowd.event(draw, instance, now);
  }
}
