package dev.interlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.interlock.anthropic.AnthropicModel;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.Price;
import dev.interlock.core.prompt.Priced;
import dev.interlock.langchain4j.model.OpenAi;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a model's replies cost is spent, by the prices of the folders and the builder. */
class CostTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Principal ANA = new Principal("ana");

  private static final String PRICES = "prices: {m: {input: 3.00, output: 15.00}}\n";
  private static final String BUDGET = "budgets: {cost: 100}";

  private static final String REPLY =
      """
      {"id":"msg_1","type":"message","role":"assistant","model":"m-20260101",\
      "content":[{"type":"text","text":"Hello."}],"stop_reason":"end_turn","stop_sequence":null,\
      "usage":{"input_tokens":100000,"output_tokens":20000}}\
      """;

  @TempDir private Path folder;
  private @Nullable HttpServer service;

  @BeforeEach
  void serve() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] reply = REPLY.getBytes(StandardCharsets.UTF_8);
          exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().add("content-type", "application/json");
          exchange.sendResponseHeaders(200, reply.length);
          exchange.getResponseBody().write(reply);
          exchange.close();
        });
    server.start();
    service = server;
  }

  @AfterEach
  void stop() {
    Objects.requireNonNull(service).stop(0);
  }

  private String url() {
    return "http://127.0.0.1:" + Objects.requireNonNull(service).getAddress().getPort();
  }

  private String model() {
    return "model: {anthropic: m, key: k, stream: false, url: \"%s\"}\n".formatted(url());
  }

  private AnthropicModel.Builder anthropic() {
    return AnthropicModel.builder().model("m").key("k").streaming(false).url(url());
  }

  /** A machine of that name. */
  private Path talk(String name, String budgets, String interlock) throws IOException {
    Path talk = Files.createDirectories(folder.resolve(name));
    Files.writeString(
        talk.resolve("machine.yaml"),
        """
        machine: %s
        version: 1
        %s
        initial: Talk
        states:
          Talk: {goal: Talk., idle: {P2D: Escalate}}
          Escalate: {type: escalation, resume: [Talk]}
        anywhere:
          over: {default: Escalate}
        """
            .formatted(name, budgets));
    if (!interlock.isEmpty()) {
      Files.writeString(talk.resolve("interlock.yaml"), interlock);
    }
    return talk;
  }

  private InterlockBuilder open(Path... folders) {
    InterlockBuilder builder =
        Interlock.open(folder.resolve("cases.db")).withoutSocket().environment(Map.of());
    Stream.of(folders).forEach(builder::machine);
    return builder;
  }

  /** One reply is 0.6 by the price {@code PRICES}. */
  private static void spends(Interlock interlock, String cost) {
    interlock.engine().start(ANA, "talk", "a", null, Map.of());
    assertThat(told(interlock, "Hello?").spent().cost()).isEqualByComparingTo(cost);
  }

  @Test
  void spentCostEscalates() throws Exception {
    Path talk = talk("talk", "budgets: {cost: 1.2}", model() + PRICES);
    try (Interlock interlock = Interlock.openFolder(talk)) {
      spends(interlock, "0.6");
      Instance spent = told(interlock, "And?");
      assertThat(spent.spent().cost()).isEqualByComparingTo("1.2");
      assertThat(Objects.requireNonNull(spent.escalated()).reason()).isEqualTo(Reason.COST);
    }
  }

  @Test
  void pricesOfAllFoldersCountForTheModelOfOne() throws Exception {
    Path other = talk("other", "", model());
    try (Interlock interlock = open(other, talk("talk", BUDGET, PRICES)).open()) {
      spends(interlock, "0.6");
    }
  }

  @Test
  void budgetAndModelMayStandInOneFolderAndThePriceInAnother() throws Exception {
    Path other = talk("other", "", PRICES);
    Path alike = talk("alike", "", "prices: {m: {input: 3, output: 15.0}}\n");
    try (Interlock interlock = open(talk("talk", BUDGET, model()), other, alike).open()) {
      spends(interlock, "0.6");
    }
  }

  @Test
  void modelOfAnotherFolderWithoutPriceDoesNotOpen() throws Exception {
    InterlockBuilder builder = open(talk("other", "", model()), talk("talk", BUDGET, ""));

    assertThatThrownBy(builder::open)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("found a budget `cost` of talk and no price of the model m")
        .hasMessageContaining("prices: {m: {input: ")
        .hasMessageContaining(".price(\"m\", …)");
    assertThat(folder.resolve("cases.db")).doesNotExist();
    try (Interlock interlock = builder.price("m", price("6")).open()) {
      spends(interlock, "0.9");
    }
  }

  @Test
  void modelOfTheBuilderTakesThePriceOfAFolder() throws Exception {
    Path talk = talk("talk", BUDGET, PRICES);
    try (Interlock interlock = open(talk).model(anthropic().build()).open()) {
      spends(interlock, "0.6");
    }
  }

  @Test
  void modelOfTheBuilderKeepsItsOwnPrice() throws Exception {
    Path talk = talk("talk", BUDGET, PRICES);
    try (Interlock interlock = open(talk).model(anthropic().price(price("6")).build()).open()) {
      spends(interlock, "0.9");
    }
  }

  @Test
  void modelOfTheBuilderWithoutPriceDoesNotOpen() throws Exception {
    Path talk = talk("talk", BUDGET, "prices: {other: {input: 1, output: 1}}\n");
    ChatModel openAi = OpenAi.builder().model("o").url(url()).build();

    for (ChatModel model : List.of(anthropic().build(), openAi)) {
      String id = ((Priced) model).name();
      assertThatThrownBy(() -> open(talk).model(model).open())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no price of the model " + id)
          .hasMessageContaining(".price(\"%s\", …)".formatted(id));
      open(talk).model(model).price(id, price("6")).open().close();
    }
    Path free = talk("free", "", "");
    open(free).model(anthropic().build()).open().close();
  }

  @Test
  void foldersThatSayTwoPricesDoNotOpenUnlessTheBuilderSaysIt() throws Exception {
    Path other = talk("other", "", model() + "prices: {m: {input: 4, output: 15}}\n");
    Path talk = talk("talk", BUDGET, PRICES);

    assertThatThrownBy(() -> open(other, talk).open())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("found the price `m` said in two ways");
    try (Interlock interlock = open(other, talk).price("m", price("6")).open()) {
      spends(interlock, "0.9");
    }
  }

  @Test
  void budgetBehindAGuardNeedsNoPrice() throws Exception {
    Path guarded = talk("guarded", BUDGET, "");
    open(talk("talk", "", model())).guarded(guarded).open().close();
  }

  private static Price price(String input) {
    return new Price(new BigDecimal(input), new BigDecimal("15"), new BigDecimal(input));
  }

  private static Instance told(Interlock interlock, String text) {
    interlock.engine().send(ANA, "a", null, text);
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!interlock.atRest("a")) {
      assertThat(System.nanoTime()).as("it comes to rest").isLessThan(end);
      Thread.onSpinWait();
    }
    return interlock.engine().get(ANA, "a").orElseThrow().instance();
  }
}
