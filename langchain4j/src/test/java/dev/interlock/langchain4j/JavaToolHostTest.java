package dev.interlock.langchain4j;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.engine.ToolHost.Answer;
import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.engine.ToolHost.ToolCall;
import dev.interlock.core.json.Json;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Principal;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolMemoryId;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JavaToolHostTest {
  enum Size {
    SMALL,
    LARGE
  }

  record Item(String name, @Nullable BigDecimal price) {
    Item {
      if (name.isEmpty()) {
        throw new IllegalArgumentException("a name is needed");
      }
    }
  }

  record Taken(
      String text,
      boolean yes,
      int small,
      long large,
      BigDecimal exact,
      BigInteger whole,
      Size size,
      LocalDate day,
      Instant at,
      Duration lasting,
      UUID id,
      List<Item> items,
      Set<String> words,
      Map<String, Long> counts,
      Optional<String> note) {}

  /** Tools of all types. */
  static class Shop {
    @Nullable Taken taken;
    @Nullable CallContext context;

    @Tool("Takes everything.")
    Taken everything(Taken all, CallContext call) {
      taken = all;
      context = call;
      return all;
    }

    @Tool
    String optional(
        @P(value = "What to add.", required = false) String note,
        Optional<Integer> count,
        @Nullable String other,
        @ToolMemoryId String memory) {
      return note + " " + count + " " + other + " " + memory;
    }

    @Tool
    Object give(String what) {
      return switch (what) {
        case "number-text" -> "0042";
        case "digits" -> "42";
        case "object-text" -> "{\"a\": 1}";
        case "half" -> "\ud800";
        case "double" -> Map.of("price", 0.1);
        case "pojo" -> new Thread();
        case "list" -> List.of(new Item("oak", new BigDecimal("0.10")));
        case "empty" -> Optional.empty();
        case "failing" -> throw new ToolFailed("out of stock");
        case "later" -> throw ToolFailed.forNow("busy", Duration.ofSeconds(3));
        default -> throw new IllegalStateException("password=secret");
      };
    }

    @Tool
    void silent() {}
  }

  private final Shop shop = new Shop();
  private final JavaToolHost host = new JavaToolHost(Map.of("shop", shop));

  private Answer call(String tool, String arguments) {
    return call(tool, arguments, Duration.ofSeconds(20));
  }

  private Answer call(String tool, String arguments, Duration timeout) {
    return host.call(
        new ToolCall(
            "shop." + tool,
            Json.parseObject(arguments.replace('\'', '"')),
            "shop-1/7/0",
            "shop-1",
            new Principal("ana@example.com"),
            timeout,
            ToolLock.hash(offered(tool))));
  }

  private Offered offered(String tool) {
    return host.offered("shop").stream()
        .filter(it -> it.name().equals("shop." + tool))
        .findFirst()
        .orElseThrow();
  }

  private static final String EVERYTHING =
      """
      {'all': {'text': 'ä', 'yes': true, 'small': -1, 'large': 9007199254740993,
       'exact': 0.1000000000000000000000000001, 'whole': 9223372036854775808, 'size': 'LARGE',
       'day': '2026-02-28', 'at': '2026-02-28T10:00:00Z', 'lasting': 'PT5M',
       'id': '00000000-0000-0000-0000-00000000002a', 'items': [{'name': 'oak', 'price': 0.10},
       {'name': 'elm'}], 'words': ['a', 'b'], 'counts': {'x': 9007199254740993}}}
      """;

  @Test
  void everyTypeIsReadAndWrittenExactly() {
    assertThat(offered("everything").description()).isEqualTo("Takes everything.");
    assertThat(ToolLock.lock("tools.lock", host.offered("shop")).diagnostics()).isEmpty();
    var locked =
        requireNonNull(
            ToolLock.lock("t", host.offered("shop")).lock().tools().get("shop.everything"));
    assertThat(locked.arguments().problems(Json.parseObject(EVERYTHING.replace('\'', '"'))))
        .isEmpty();

    Answer answer = call("everything", EVERYTHING);

    Taken taken = requireNonNull(shop.taken);
    assertThat(taken.large()).isEqualTo(9007199254740993L);
    assertThat(taken.exact()).isEqualTo(new BigDecimal("0.1000000000000000000000000001"));
    assertThat(taken.whole()).isEqualTo(new BigInteger("9223372036854775808"));
    assertThat(taken.size()).isEqualTo(Size.LARGE);
    assertThat(taken.day()).isEqualTo(LocalDate.of(2026, 2, 28));
    assertThat(taken.at()).isEqualTo(Instant.parse("2026-02-28T10:00:00Z"));
    assertThat(taken.lasting()).isEqualTo(Duration.ofMinutes(5));
    assertThat(taken.id()).isEqualTo(new UUID(0, 42));
    assertThat(taken.items()).extracting(Item::price).containsExactly(new BigDecimal("0.1"), null);
    assertThat(taken.note()).isEmpty();
    String structured = ((Answer.Returned) answer).structured();
    assertThat(Json.parse(String.valueOf(structured)))
        .isEqualTo(Json.parseObject(EVERYTHING.replace('\'', '"')).get("all"));
  }

  @Test
  void callerAndKeyComeWithTheCallAndAreNoPartOfTheSchema() {
    Instant before = Instant.now();
    var unused = call("everything", EVERYTHING);

    CallContext context = requireNonNull(shop.context);
    assertThat(context.caller()).isEqualTo(new Principal("ana@example.com"));
    assertThat(context.key()).isEqualTo("shop-1/7/0");
    assertThat(context.instance()).isEqualTo("shop-1");
    assertThat(context.tool()).isEqualTo("shop.everything");
    assertThat(context.deadline()).isAfter(before.plusSeconds(19)).isBefore(before.plusSeconds(60));
    assertThat(Json.at(offered("everything").inputSchema(), "/properties"))
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
        .containsOnlyKeys("all");
  }

  @Test
  void whatMayBeAbsentIsNotRequired() {
    assertThat(offered("optional").inputSchema()).containsEntry("required", List.of());
    assertThat(Json.at(offered("optional").inputSchema(), "/properties/note/description"))
        .isEqualTo("What to add.");
    assertThat(call("optional", "{}"))
        .isEqualTo(new Answer.Returned("null Optional.empty null shop-1", null));
    assertThat(call("optional", "{'note': 'a', 'count': 2, 'other': 'b'}"))
        .isEqualTo(new Answer.Returned("a Optional[2] b shop-1", null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'small': -1        | 'small': 2147483648 | a whole number from -2147483648 to 2147483647",
        "'small': -1        | 'small': 1.5        | a whole number from",
        "'large': 9007199254740993, | 'large': 9223372036854775808, | a whole number from",
        "9223372036854775808 | 1.5               | a whole number",
        "'size': 'LARGE'    | 'size': 'HUGE'      | one of SMALL, LARGE",
        "2026-02-28',       | 2026-02-30',        | a date",
        "'yes': true        | 'yes': 'true'       | true or false",
        "'text': 'ä'        | 'text': 1           | a text",
        "'name': 'oak'      | 'name': ''          | a name is needed",
        "'yes': true,       |                     | `yes` is missing",
        "{'all'             | {'more': 1, 'all'   | `more` is no parameter",
      })
  void whatDoesNotFitIsNotCalled(String was, @Nullable String becomes, String why) {
    String arguments = EVERYTHING.replace(was.strip(), becomes == null ? "" : becomes.strip());
    Answer answer = call("everything", arguments);

    assertThat(answer).isInstanceOf(Answer.Failed.class);
    assertThat(((Answer.Failed) answer).why()).contains(why).contains("nothing was called");
    assertThat(shop.taken).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "number-text | 0042 |",
        "digits      | 42 | \"42\"",
        "object-text | {\"a\": 1} |",
        "list        | [{\"name\":\"oak\",\"price\":0.1}] | [{\"name\":\"oak\",\"price\":0.1}]",
        "empty       | nothing |",
        "half        | The tool answered, but its text has half a character |",
        "double      | The tool answered, but its result cannot be written as JSON: a double, expected BigDecimal: it rounds |",
        "pojo        | The tool answered, but its result cannot be written as JSON: java.lang.Thread, expected a record |",
      })
  void resultIsAnAnswerWhateverItIs(String what, String text, @Nullable String structured) {
    assertThat(call("give", "{'what': '%s'}".formatted(what)))
        .isEqualTo(new Answer.Returned(text, structured));
    assertThat(call("silent", "{}")).isEqualTo(new Answer.Returned("done", null));
  }

  @Test
  void onlyToolFailedSaysThatNothingHappened() {
    assertThat(call("give", "{'what': 'failing'}"))
        .isEqualTo(new Answer.Failed("out of stock", false, null));
    assertThat(call("give", "{'what': 'later'}"))
        .isEqualTo(new Answer.Failed("busy", true, Duration.ofSeconds(3)));
    Answer other = call("give", "{'what': 'throw'}");
    assertThat(other).isInstanceOf(Answer.Unknown.class);
    assertThat(((Answer.Unknown) other).why())
        .contains("shop.give threw IllegalStateException")
        .doesNotContain("secret");
  }

  @Test
  void nothingIsCalledWhenItsTimeIsOver() {
    Answer answer = call("everything", EVERYTHING, Duration.ZERO);

    assertThat(answer).isInstanceOf(Answer.Failed.class);
    assertThat(shop.taken).isNull();
  }

  /** Tools that are none. */
  static class Unfit {
    static class None {}

    static class Rounds {
      @Tool
      void pay(double amount) {}
    }

    static class Twice {
      @Tool
      void pay(int amount) {}

      @Tool
      void pay(String amount) {}
    }

    record Tree(List<Tree> below) {}

    static class Recursive {
      @Tool
      void plant(Tree tree) {}
    }

    static class Bean {
      @Tool
      void start(Thread thread) {}
    }

    static class Primitive {
      @Tool
      void pay(@P(value = "how much", required = false) int amount) {}
    }

    static class Standard {
      @Tool
      void pay(@P(value = "how much", defaultValue = "1") int amount) {}
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {Unfit.None.class, Unfit.Rounds.class, Unfit.Twice.class})
  void unfitObjectIsRefusedWithAllThatIsWrong(Class<?> type) throws Exception {
    Object object = type.getDeclaredConstructor().newInstance();
    assertThatThrownBy(() -> new JavaToolHost(Map.of("it", object)))
        .isInstanceOf(UnfitToolsException.class)
        .hasMessageContaining(
            switch (type.getSimpleName()) {
              case "None" -> "found no method of " + type.getName() + " with @Tool";
              case "Rounds" -> "the parameter `amount` of it.pay: double, which rounds decimal";
              default -> "two methods of Twice as the tool it.pay";
            });
  }

  @Test
  void unfitParametersAreNamedWithWhatIsExpected() {
    List<Object> objects = new ArrayList<>();
    objects.add(new Unfit.Recursive());
    objects.add(new Unfit.Bean());
    objects.add(new Unfit.Primitive());
    objects.add(new Unfit.Standard());
    List<String> expected =
        List.of(
            "the record Tree inside itself",
            "java.lang.Thread; expected String, boolean, int",
            "int with required = false",
            "a `defaultValue`, which the journal would not show");
    for (int i = 0; i < objects.size(); i++) {
      Object object = objects.get(i);
      assertThatThrownBy(() -> new JavaToolHost(Map.of("it", object)))
          .hasMessageContaining(expected.get(i));
    }
  }

  /** Above a class that only overrides. */
  interface Greeting {
    @Tool("Greets.")
    String greet(String name);
  }

  @Test
  void annotationsAreFoundWhereTheyAreInherited() {
    Greeting greeting =
        new Greeting() {
          @Override
          public String greet(String name) {
            return "Hello, " + name;
          }
        };

    assertThat(new JavaToolHost(Map.of("it", greeting)).offered("it"))
        .extracting(Offered::name)
        .containsExactly("it.greet");
  }

  @Test
  void parameterWithoutANameSaysHowToGiveItOne() throws Exception {
    Object nameless = Nameless.make();

    assertThatThrownBy(() -> new JavaToolHost(Map.of("it", nameless)))
        .isInstanceOf(UnfitToolsException.class)
        .hasMessageContaining("compile with -parameters")
        .hasMessageContaining("@P(name");
  }
}
