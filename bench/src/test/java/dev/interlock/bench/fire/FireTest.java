package dev.interlock.bench.fire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.bench.fire.Fire.Attack;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.engine.ToolHost;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The short form of {@code bench/fire}, and that it finds the faults that it looks for. */
class FireTest {
  private static final long SEED = 20_261_129;

  /** A fault that nobody sees within that time is not found. */
  private static final double MOST_SECONDS = 120;

  @TempDir private Path folder;

  @Test
  void nothingForbiddenLostDoubledStuckOrBroken() throws Exception {
    Map<String, Object> found = Fire.run(new Attack(8, 40, SEED), folder);

    assertThat(found)
        .containsEntry("forbidden", 0L)
        .containsEntry("lost", 0L)
        .containsEntry("doubled", 0L)
        .containsEntry("stuck", 0L)
        .containsEntry("broken", 0L);
    assertThat(found.get("calls")).isNotEqualTo(0L);
    assertThat(Fire.untested(found).toString())
        .doesNotContain("was acknowledged", "was refused", "never lied by WRONG_TYPES");
  }

  @Test
  void whatNeverHappenedIsSaid() throws Exception {
    Map<String, Object> found = Fire.run(new Attack(0, 3, SEED), folder);

    assertThat(Fire.sound(found)).isTrue();
    assertThat(Fire.untested(found).stream().map(String::valueOf))
        .contains(
            "nothing that anybody sent was acknowledged",
            "no proposal of the model was refused",
            "no tool did a write",
            "no grant went out after a manager's yes",
            "no outcome of a write was unknown",
            "no tool server was killed",
            "the model never lied by DEEP_JSON",
            "no tool answered by SILENT");
  }

  /** An engine that judges less than the machine asks for: one that was given less to judge. */
  static List<Arguments> laxer() {
    return List.of(
        Arguments.of(
            "calls of another state",
            "tools: [dir.note, dir.reset, pay.look,",
            "tools: [dir.wipe, dir.note, dir.reset, pay.look,"),
        Arguments.of(
            "no approval",
            """
              - rule: a device needs the manager
                for: [pay.grant]
                ask: manager
                expires: P1D
            """,
            ""),
        Arguments.of(
            "arguments that the machine does not fill so", // check lets no model choose them
            "dir.find:   {effect: read, set: {email: caller.id}",
            "dir.find:   {effect: read, set: {email: \"'eve@example.com'\"}"),
        Arguments.of(
            "one time too many",
            """
              - rule: one reset
                for: [dir.reset]
                atMost: 1
            """,
            ""));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("laxer")
  void judgeThatLetsThroughIsFound(String name, String rule, String instead) throws Exception {
    assertThat(FireMachine.TEXT).contains(rule);
    String laxer = FireMachine.TEXT.replace(rule, instead);

    assertThat(finds(MOST_SECONDS, "forbidden", laxer, host -> host, engine -> engine))
        .as(name)
        .isTrue();
  }

  @Test
  void writeThatIsSentTwiceIsFound() throws Exception {
    UnaryOperator<ToolHost> twice =
        host ->
            new ToolHost() {
              @Override
              public List<Offered> offered(String server) {
                return host.offered(server);
              }

              @Override
              public Answer call(ToolCall call) {
                host.call(call);
                return host.call(call);
              }

              @Override
              public void close() {}
            };

    assertThat(finds(MOST_SECONDS, "doubled", FireMachine.TEXT, twice, engine -> engine)).isTrue();
  }

  @Test
  void acknowledgementOfWhatWasNotTakenIsFound() throws Exception {
    boolean finds = false;
    for (double seconds = 3; !finds && seconds <= MOST_SECONDS; seconds *= 2) {
      finds = finds(seconds, "lost", FireMachine.TEXT, host -> host, FireTest::forgetful);
    }

    assertThat(finds).isTrue();
  }

  private static Engine forgetful(Engine engine) {
    return (Engine)
        Proxy.newProxyInstance(
            Engine.class.getClassLoader(),
            new Class<?>[] {Engine.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("send") && arguments[2] != null) {
                return new Acknowledgement.Taken(String.valueOf(arguments[1]), 1, "");
              }
              try {
                return method.invoke(engine, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private boolean finds(
      double seconds, String what, String machine, UnaryOperator<ToolHost> host, Fire.Front front)
      throws Exception {
    Attack attack = new Attack(seconds, 30, SEED, machine, host, front, true);
    return !Long.valueOf(0).equals(Fire.run(attack, folder).get(what));
  }
}
