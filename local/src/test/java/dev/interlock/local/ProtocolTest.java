package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.machine.EffectClass;
import dev.interlock.local.Protocol.Flaw;
import dev.interlock.local.Protocol.Setup;
import dev.interlock.local.ProtocolState.Faults;
import dev.interlock.local.ProtocolState.Middle;
import dev.interlock.local.ProtocolState.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every state that the model of commit and dispatch can come to, and that it has the steps that the
 * code names. That the code takes them as the model does is {@link ProtocolTraceTest}'s.
 */
class ProtocolTest {
  private static final Plan WRITE = new Plan(Middle.NONE, EffectClass.WRITE, true, false);
  private static final Plan READ = new Plan(Middle.NONE, EffectClass.READ, false, false);
  private static final Plan WRITE_TWICE = new Plan(Middle.NONE, EffectClass.WRITE, true, true);
  private static final Plan REPLY = new Plan(Middle.REPLY, EffectClass.WRITE, false, true);
  private static final Plan ANSWER = new Plan(Middle.ANSWER, EffectClass.IDEMPOTENT, true, false);
  private static final Plan TIMER = new Plan(Middle.TIMER, EffectClass.READ, false, false);

  private static final Path CODE = Path.of("src/main/java/dev/interlock/local");
  private static final Pattern PASSED = Pattern.compile("CrashPoints\\.pass\\(\\s*\"([^\"]+)\"");
  private static final Pattern OF_A_STEP = Pattern.compile("(?:-> |points\\.add\\()\"([a-z]+)\"");
  private static final Map<World, Search.Found> FOUND = new EnumMap<>(World.class);

  /**
   * What is explored: one instance with two ends of the engine and a failed commit, two that share
   * groups with one of these.
   */
  enum World {
    ONE_WRITE,
    ONE_REPLY,
    ONE_ANSWER,
    ONE_TIMER,
    TWO_AND_AN_END,
    TWO_AND_A_FAILURE,
    TWO_CLASSES;

    private Setup setup() {
      return switch (this) {
        case ONE_WRITE -> alone(WRITE_TWICE);
        case ONE_REPLY -> alone(REPLY);
        case ONE_ANSWER -> alone(ANSWER);
        case ONE_TIMER -> alone(TIMER);
        case TWO_AND_AN_END -> two(WRITE, new Faults(1, 0, 0));
        case TWO_AND_A_FAILURE -> two(WRITE, new Faults(0, 1, 0));
        case TWO_CLASSES -> two(READ, new Faults(1, 0, 0));
      };
    }

    private static Setup alone(Plan plan) {
      return new Setup(List.of(plan), 3, new Faults(2, 1, 2), false, Flaw.NONE);
    }

    private static Setup two(Plan second, Faults faults) {
      return new Setup(List.of(WRITE, second), 2, faults, true, Flaw.NONE);
    }

    private Search.Found found() {
      return FOUND.computeIfAbsent(this, world -> Search.all(new Protocol(setup())));
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsLostDoubledOrStuck(World world) {
    Search.Found found = world.found();

    System.out.printf("%s: %,d states, %,d steps%n", world, found.states(), found.steps());
    assertThat(found.wrong()).isNull();
  }

  /** The model itself: what is done wrong on purpose is found, with the way there. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void flawIsFound(Flaw flaw) {
    Search.Found found = Search.all(new Protocol(World.ONE_WRITE.setup().with(flaw)));

    assertThat(found.wrong()).startsWith(flaw.breaks).contains("open");
  }

  @Test
  void pointsOfTheCodeAreStepsOfTheModel() throws IOException {
    Set<String> steps = new TreeSet<>();
    for (World world : World.values()) {
      world.found().names().stream()
          .map(name -> name.replaceAll(" of \\d$", ""))
          .forEach(steps::add);
    }
    steps.removeAll(Protocol.OUTSIDE);

    assertThat(steps).isEqualTo(points());
  }

  private static Set<String> points() throws IOException {
    String committer = Files.readString(CODE.resolve("Committer.java"));
    Set<String> ofSteps = found(OF_A_STEP, committer);
    List<String> classes = Arrays.stream(EffectClass.values()).map(EffectClass::word).toList();
    Set<String> points = new TreeSet<>();
    String code =
        committer
            + Files.readString(CODE.resolve("Carrier.java"))
            + Files.readString(CODE.resolve("SqliteStore.java"));
    for (String point : found(PASSED, code)) {
      if (point.endsWith("-commit-of-")) {
        ofSteps.forEach(step -> points.add(point + step));
      } else if (point.endsWith("-of-")) {
        classes.forEach(effect -> points.add(point + effect));
      } else {
        points.add(point);
      }
    }
    return points;
  }

  private static Set<String> found(Pattern pattern, String code) {
    Set<String> found = new TreeSet<>();
    pattern.matcher(code).results().map((MatchResult each) -> each.group(1)).forEach(found::add);
    return found;
  }
}
