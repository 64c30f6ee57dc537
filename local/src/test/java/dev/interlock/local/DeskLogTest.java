package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.desk.Desk;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.Script;
import dev.interlock.engine.Ports;
import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.InMemoryStore;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A desk that fails says so in the log: once, and nothing of what it was to be told. */
class DeskLogTest {
  private static final Principal ANA = new Principal("ana", List.of("employee"));
  private static final Logger LOGGER = Logger.getLogger(Carrier.class.getName());

  private final BlockingQueue<String> log = new LinkedBlockingQueue<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          log.add(record.getLevel() + " " + record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  /** A desk that takes nothing. */
  private record Shut(CountDownLatch opens, CountDownLatch notices) implements Desk {
    @Override
    public String open(Ticket ticket) {
      opens.countDown();
      throw new DeskException("nobody is there", null);
    }

    @Override
    public void notify(Notice notice) {
      notices.countDown();
      throw new IllegalStateException("nor here");
    }
  }

  private final Shut desk = new Shut(new CountDownLatch(3), new CountDownLatch(3));

  @BeforeEach
  void listen() {
    LOGGER.addHandler(handler);
  }

  @AfterEach
  void leave() {
    LOGGER.removeHandler(handler);
  }

  private LocalEngine begin(ChatModel model) {
    LocalEngine engine =
        LocalEngine.open(
            new InMemoryStore(),
            LocalRunning.machines(),
            new Ports(
                model,
                new ContractMachine.World().tools(),
                Map.of("main", desk),
                Clock.systemUTC()),
            LocalRunning.settings());
    assertThat(engine.start(ANA, "contract", "a", null, Map.of()))
        .isInstanceOf(Acknowledgement.Taken.class);
    assertThat(engine.send(ANA, "a", null, "canary")).isInstanceOf(Acknowledgement.Taken.class);
    return engine;
  }

  @Test
  void ticketThatCannotBeOpenedIsLoggedOnce() throws Exception {
    try (LocalEngine engine =
        begin(question -> {
          throw new ChatModel.ModelException("canary", false, null, null);
        })) {
      assertThat(desk.opens().await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(engine.get(ANA, "a")).isPresent();
      assertThat(log)
          .containsExactly(
              "WARNING the ticket of a is not open yet; it is tried again until it is:"
                  + " nobody is there");
    }
  }

  @Test
  void noticeThatIsGivenUpIsLoggedOnce() throws Exception {
    try (LocalEngine engine =
        begin(question ->
            Script.reply(
                question.number() == 1
                    ? List.of(Map.of("call", "d.lend", "with", Map.of()))
                    : "Well.",
                question.number()))) {
      assertThat(log.poll(60, TimeUnit.SECONDS))
          .isEqualTo(
              "WARNING the manager was not told of what waits in a:"
                  + " java.lang.IllegalStateException: nor here");
      assertThat(desk.notices().getCount()).isZero();
      assertThat(engine.get(ANA, "a")).isPresent();
    }
    assertThat(log).isEmpty();
  }
}
