package dev.interlock.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.Interlock;
import dev.interlock.Session;
import dev.interlock.agent.ScriptedModel;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.metrics.InstanceCounts;
import dev.langchain4j.agent.tool.Tool;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An engine lives as long as its context, and lets go in time; what it does is counted. */
@Timeout(180)
class LifecycleTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Principal ANA = new Principal("ana@example.com");

  @TempDir private Path folder;

  /** A tool that a test holds. */
  static class Slow {
    final CountDownLatch called = new CountDownLatch(1);
    final CountDownLatch go = new CountDownLatch(1);
    final CountDownLatch interrupted = new CountDownLatch(1);

    @Tool("Works for a while.")
    String work() throws InterruptedException {
      called.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        interrupted.countDown();
        throw e;
      }
      return "done";
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class App {
    @Bean
    Slow it() {
      return new Slow();
    }

    @Bean
    ChatModel model() {
      return ScriptedModel.parse(
          "model",
          "replies: [[{call: it.work}, {call: it.work}], [{call: nonsense}], [{call: nonsense}], [{call: nonsense}]]");
    }

    @Bean
    MeterRegistry meters() {
      return new SimpleMeterRegistry();
    }
  }

  @BeforeEach
  void write() throws IOException {
    Files.createDirectories(folder.resolve("work"));
    Files.writeString(
        folder.resolve("work/machine.yaml"),
        """
        machine: work
        version: 1
        tools:
          it.work: {effect: write, timeout: PT2M}
        rules:
          - {rule: once, for: it.work, atMost: 1}
        events: {over: {by: [caller]}}
        initial: Work
        states:
          Work: {goal: Work., tools: [it.work], on: {over: Over}}
          Over: {type: final}
        """);
  }

  private ConfigurableApplicationContext open(String store, String... more) {
    String[] arguments = {
      "--spring.main.banner-mode=off",
      "--spring.main.web-application-type=none",
      "--interlock.machines=" + folder.resolve("work"),
      "--interlock.store=" + folder.resolve(store),
      "--interlock.settle-after=1s"
    };
    String[] all = new String[arguments.length + more.length];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return SpringApplication.run(App.class, all);
  }

  private static Session ana(ConfigurableApplicationContext context) {
    return context.getBean(Interlock.class).as(ANA);
  }

  /** One whose write is under way. */
  private static Slow begun(ConfigurableApplicationContext context, String id) throws Exception {
    ana(context).start("work", id, Map.of());
    ana(context).send(id, "Work, please.");
    Slow slow = context.getBean(Slow.class);
    assertThat(slow.called.await(60, TimeUnit.SECONDS)).isTrue();
    return slow;
  }

  @Test
  void writeInFlightIsAwaitedWhileTheContextCloses() throws Exception {
    ConfigurableApplicationContext context = open("cases.db");
    Slow slow = begun(context, "case");
    Interlock interlock = context.getBean(Interlock.class);
    Thread closing = Thread.ofVirtual().start(context::close);
    while (!refuses(interlock)) {
      Thread.onSpinWait();
    }
    slow.go.countDown();
    closing.join();

    assertThat(slow.interrupted.getCount()).isEqualTo(1);
    try (ConfigurableApplicationContext next = open("cases.db")) {
      assertThat(ana(next).journal("case", 0).toString()).contains("CallReturned");
    }
  }

  private static boolean refuses(Interlock interlock) {
    try {
      interlock.as(ANA).start("work");
      return false;
    } catch (dev.interlock.RejectedException e) {
      assertThat(e).hasMessageContaining("the engine is closing");
      return true;
    }
  }

  @Test
  void closingEndsWithinSpringsTimeOutAndTheNextOwnerKnowsThatNobodyKnows() throws Exception {
    ConfigurableApplicationContext context =
        open("cases.db", "--spring.lifecycle.timeout-per-shutdown-phase=3s");
    Slow slow = begun(context, "case");
    context.close(); // the call would wait for two minutes

    assertThat(slow.interrupted.getCount()).isZero();
    try (ConfigurableApplicationContext next = open("cases.db")) {
      Instance instance = ana(next).untilRest("case", LIMIT).instance();
      assertThat(Objects.requireNonNull(instance.escalated()).reason())
          .isEqualTo(Reason.OUTCOME_UNKNOWN);
    }
  }

  @Test
  void contextThatIsOnlyStoppedKeepsItsEngine() {
    try (ConfigurableApplicationContext context = open("cases.db")) {
      context.stop();
      context.start();
      context.restart();
      context.pause();

      assertThat(ana(context).start("work")).isNotEmpty();
    }
  }

  @Test
  void contextsLiveSideBySideAndOneAfterTheOther() {
    try (ConfigurableApplicationContext one = open("one.db");
        ConfigurableApplicationContext two = open("two.db")) {
      assertThat(ana(one).start("work", "a", Map.of())).isEqualTo("a");
      assertThat(ana(two).get("a")).isEmpty();
      assertThatThrownBy(() -> open("one.db")).hasStackTraceContaining("one.db");
    }
    try (ConfigurableApplicationContext again = open("one.db")) {
      assertThat(ana(again).get("a")).isPresent();
    }
  }

  @Test
  void whatHappensIsCountedByWordsOfTheMachine() throws Exception {
    try (ConfigurableApplicationContext context = open("cases.db")) {
      begun(context, "case").go.countDown();
      ana(context).untilRest("case", LIMIT);
      MeterRegistry meters = context.getBean(MeterRegistry.class);

      until(() -> meters.find("interlock.escalations").tag("reason", "errors").counter() != null);
      assertThat(
              meters
                  .get("interlock.calls")
                  .tags("tool", "it.work", "result", "returned")
                  .counter()
                  .count())
          .isEqualTo(1);
      assertThat(
              meters
                  .get("interlock.calls")
                  .tags("tool", "it.work", "result", "refused")
                  .counter()
                  .count())
          .isEqualTo(1);
      assertThat(meters.get("interlock.refusals").tag("rule", "unknown tool").counter().count())
          .isPositive();
      assertThat(meters.find("interlock.calls").counters())
          .allSatisfy(it -> assertThat(it.getId().getTag("tool")).isEqualTo("it.work"));
      assertThat(meters.get("interlock.turns").tag("machine", "work").counter().count())
          .isPositive();
      assertThat(
              meters
                  .get("interlock.instances")
                  .tags("machine", "work", "status", "completed")
                  .gauge()
                  .value())
          .isZero();
    }
  }

  private static void until(java.util.function.BooleanSupplier holds) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!holds.getAsBoolean() && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(holds.getAsBoolean()).isTrue();
  }

  @Test
  void healthIsDownWhenTheStoreIsGone() {
    ConfigurableApplicationContext context = open("cases.db");
    HealthIndicator health = context.getBean("interlockHealthIndicator", HealthIndicator.class);
    assertThat(of(health).getStatus()).isEqualTo(Status.UP);
    assertThat(of(health).getDetails()).containsEntry("escalated", 0L);
    Interlock interlock = context.getBean(Interlock.class);
    context.close();

    assertThatThrownBy(interlock::counts).isInstanceOf(Store.StoreException.class);
    assertThat(of(new InterlockHealth(interlock, new InstanceCounts(interlock))).getStatus())
        .isEqualTo(Status.DOWN);
  }

  private static Health of(HealthIndicator indicator) {
    return Objects.requireNonNull(indicator.health());
  }
}
