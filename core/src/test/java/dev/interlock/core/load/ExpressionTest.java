package dev.interlock.core.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Expression.Evaluation;
import dev.interlock.core.machine.Facts;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Scope;
import dev.interlock.core.machine.Typed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What expressions mean. What is refused when they are loaded stands in the fixtures. */
@Timeout(60)
class ExpressionTest {
  private static final String FIELDS =
      """
      amount: {type: number, source: agent}
      count: {type: integer, source: agent}
      name: {type: string, source: agent}
      done: {type: boolean, source: agent}
      day: {type: string, source: agent}
      born: {type: date, source: agent}
      due: {type: timestamp, source: agent}
      grace: {type: duration, source: agent}
      days: {type: date, source: agent, many: true}
      visit: {type: object, properties: {on: {type: date}, at: {type: timestamp, many: true}}, source: agent}
      sum: {type: decimal, source: agent}
      tags: {type: string, source: agent, many: true}
      prices: {type: number, source: agent, many: true}
      address: {type: object, properties: {zip: {type: string}, lines: {type: string, many: true}}, source: agent}
      extra: {type: object, source: agent}
      byKind: {type: object, properties: {status: {type: string}, price: {type: number}}, source: tool, from: it.device_catalogue, key: args.kind}
      byCount: {type: string, source: tool, from: it.device_catalogue, key: [args.count, args.new]}
      """;

  private static final Instant NOW = Instant.parse("2026-11-24T18:00:00Z");

  private static final Map<String, Object> CONTEXT =
      Map.ofEntries(
          Map.entry("born", "2000-02-29"),
          Map.entry("due", "2026-11-25T00:00:00Z"),
          Map.entry("grace", "PT48H"),
          Map.entry("days", List.of("2026-11-24", "2026-11-25")),
          Map.entry("visit", Map.of("on", "2026-11-24", "at", List.of("2026-11-24T18:00:00Z"))),
          Map.entry("sum", Decimal.of("12.50")),
          Map.entry("amount", Decimal.of("0.1")),
          Map.entry("count", 2L),
          Map.entry("name", "Ana"),
          Map.entry("tags", List.of("a", "b")),
          Map.entry("prices", List.of(Decimal.of("1.5"), Decimal.of(2))),
          Map.entry("address", Map.of("lines", List.of("x"))),
          Map.entry(
              "byKind", Map.of("phone", Map.of("status", "free", "price", Decimal.of("9.99")))),
          Map.entry("byCount", Map.of(7L, Map.of(true, "seven"))));

  private final Reader reader = new Reader();
  private final Draft draft = draft();

  private Draft draft() {
    Draft made = new Draft(reader, Locks.IT);
    made.tools.put("it.device_catalogue", EffectClass.READ);
    made.constants.put("most", Json.number("2.50"));
    made.constants.put("kinds", List.of("phone", "laptop"));
    Node fields = Objects.requireNonNull(Yaml.read("fields", FIELDS).root());
    new FieldLoader(made).load(((Node.Mapping) fields).members());
    assertThat(reader.diagnostics()).isEmpty();
    return made;
  }

  private @Nullable Expression compiled(String cel) {
    Node quoted = Objects.requireNonNull(Yaml.read("cel", "cel: " + Json.write(cel)).root());
    Node.Scalar scalar =
        (Node.Scalar) Objects.requireNonNull(((Node.Mapping) quoted).member("cel")).node();
    return GuardCompiler.of(reader, draft.rules(List.of("it.device_catalogue")), scalar, Types.ANY);
  }

  private Evaluation evaluation(String cel, Map<String, Object> context, Map<String, Object> args) {
    Expression expression = compiled(cel);
    assertThat(Diagnostic.format(reader.diagnostics())).isEmpty();
    return Objects.requireNonNull(expression)
        .evaluate(
            new Scope(
                new Facts(draft.fields, context),
                new Principal("ana@example.com", List.of("employee")),
                draft.constants,
                () ->
                    Map.of(
                        "turns", 3L,
                        "toolCalls", 4L,
                        "errors", 0L,
                        "elapsed", Duration.ofHours(2),
                        "started", NOW.minus(Duration.ofHours(2)),
                        "state", Map.of("turns", 1L, "toolCalls", 1L, "errors", 0L),
                        "turn", Map.of("said", true, "calls", 0L)),
                NOW,
                new Typed(List.of("My name is Ana, for 0.1 EUR on 2000-02-29")),
                Map.of("args", args)));
  }

  private Object value(String cel) {
    Map<String, Object> args = Map.of("kind", "phone", "most", 5L, "count", 7L, "new", true);
    return switch (evaluation(cel, CONTEXT, args)) {
      case Evaluation.Value(Object value) -> value;
      case Evaluation.Unset(List<String> fields) -> "unset " + fields;
      case Evaluation.Failed(String why) -> "failed: " + why;
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // exact numbers
        "context.amount + 0.2 == 0.3",
        "0.1 + 0.2 == 0.3",
        "context.amount * 3 == 0.3",
        "1.0 == 1",
        "1 == 1.0",
        "0.5 != 1",
        "context.count == 2.0",
        "2.5 > 2 && 2 < 2.5 && 3 >= 2.5 && -0.5 < 0",
        "constants.most == 2.5",
        "context.count in [1, 2.0, 3.5]",
        "2.0 in [1, 2]",
        "2 in context.prices",
        "context.prices.exists(p, p == 1.5)",
        "context.prices.all(p, p >= 1)",
        "context.prices == [1.5, 2]",
        "9007199254740993 != 9007199254740992",
        "9007199254740993.5 > 9007199254740993",
        "(true ? 1 : 0.5) == 1.0",
        "5 / 2 == 2 && 5.0 / 2 == 2.5",
        "args.most / 2 == 2.5",
        "args.most * 9223372036854775807 == 46116860184273879035.0",
        "7 % 4 == 3",
        "-context.amount == -0.1",
        "int(2.9) == 2 && int('12') == 12",
        "1e3 == 1000",
        "string(0.10) == '0.1' && string(12) == '12' && string(true) == 'true'",
        // what is read
        "context.name == 'Ana' && context.name.startsWith('A') && context.name.endsWith('a')",
        "context.name.contains('n') && context.name.matches('^[A-Z]') && size(context.name) == 3",
        "'😀'.size() == 1 && '\\uFFFD' < '😀'",
        "context.tags.size() == 2 && 'a' in context.tags && context.tags[1] == 'b'",
        "context.tags.filter(t, t != 'a') == ['b'] && context.tags.map(t, t + '!')[0] == 'a!'",
        "context.tags.exists_one(t, t == 'a') && !context.tags.exists_one(t, t != '')",
        "context.tags + ['c'] == ['a', 'b', 'c']",
        "context.byKind[args.kind].status == 'free'",
        "context.byKind['phone'].price < constants.most * 4",
        "args.kind in context.byKind && !('laptop' in context.byKind)",
        "context.byKind.all(k, k in constants.kinds)",
        "context.byCount[7][true] == 'seven' && args.count in context.byCount",
        "context.byCount.exists(n, n + 1 == 8) && context.byCount[7].exists(b, b)",
        "caller.id == 'ana@example.com' && 'employee' in caller.roles",
        "run.turns == 3 && run.state.turns == 1 && run.turn.said && run.turn.calls == 0",
        "run.elapsed == duration('2h') && run.started + duration('PT2H') == now",
        "now - run.started == run.elapsed && now > run.started",
        "date('2026-11-24') == date(now) && date(now) < now",
        "date('2026-11-24T23:30:00-02:00') == date('2026-11-25')",
        "timestamp('2026-11-24T18:00:00Z') == now",
        // days, times and spans in fields, which hold texts
        "context.born < date(now) && context.born < now && now > context.born",
        "context.born == date('2000-02-29') && context.born == timestamp('2000-02-29T00:00:00Z')",
        "context.born.getFullYear() == 2000 && context.born.getDate() == 29",
        "context.due - context.grace < now && context.due + context.grace > now",
        "date('2026-11-25') - date(now) == duration('24h') && date(now) + duration('24h') == context.due",
        "date('2026-11-25') in context.days && !(date('2026-11-26') in context.days)",
        "context.days == [date(now), date('2026-11-25')] && context.days.exists(d, d > now)",
        "context.days.map(d, d)[0] == date(now) && context.days.filter(d, d > now).size() == 1",
        "context.days + [date('2026-11-26')] != context.days && context.days[0] == date(now)",
        "context.days + [date('2026-11-26')] == [date(now), date('2026-11-25'), date('2026-11-26')]",
        "context.visit.on == date(now) && context.visit.at[0] == now && now in context.visit.at",
        "{'a': context.days} == {'a': [date(now), date('2026-11-25')]}",
        "(true ? context.days : []) == [date(now), date('2026-11-25')]",
        "string(context.born) == '2000-02-29' && string(context.grace) == 'PT48H'",
        "context.sum == 12.5 && decimal('12.50') == context.sum && decimal(3) == 3",
        "now.getFullYear() == 2026 && now.getMonth() == 10 && now.getDate() == 24",
        "now.getDayOfMonth() == 23 && now.getDayOfWeek() == 2 && now.getDayOfYear() == 327",
        "now.getHours() == 18 && now.getHours('Asia/Tokyo') == 3 && now.getMinutes() == 0",
        "duration('1h30m').getMinutes() == 90 && duration('1.5s') > duration('1499ms')",
        "duration('-1h') + duration('1h') == duration('0s')",
        "{'a': 1}['a'] == 1 && {'a': 1} == {'a': 1}",
        // sums
        "sum([1, 2, 3]) == 6 && sum(context.prices) == 3.5 && sum([0.1, 0.2]) == 0.3",
        "sum(context.tags.map(t, size(t))) == 2 && sum(context.prices.filter(p, p > 9)) == 0",
        "sum(context.byKind.map(k, context.byKind[k].price)) == 9.99",
        "sum([9223372036854775807, 1, -2]) == 9223372036854775806",
        // pairs
        "pairs(context.tags, ['x', 'y']).all(p, p.a < p.b) && pairs(context.tags, ['x', 'y'])[1].b == 'y'",
        "pairs(context.tags, context.prices).exists(p, p.a == 'b' && p.b == 2)",
        "sum(pairs([2, 3], context.prices).map(p, p.a * p.b)) == 9.0",
        "pairs(context.tags.filter(t, t == 'z'), [1].filter(n, n > 1)).size() == 0",
        "pairs([context.address], ['x']).all(p, p.b in p.a.lines)",
        "pairs([context.address], [context.address]).all(p, p.a == p.b)",
        "pairs(pairs(context.tags, [1, 2]), ['x', 'y']).all(p, p.a.b > 0 && p.b in ['x', 'y'])",
        "pairs([now], [duration('1h')]).all(p, p.a + p.b > now)",
        // days
        "days('2026-11-20', now) == 4 && days(now, '2026-11-20') == -5 && days(now, now) == 0",
        "days('2026-11-23T18:00:00Z', now) == 1 && days('2026-11-23T18:00:01Z', now) == 0",
        "days(now, '2026-11-24T17:59:59.5Z') == -1",
        "days('2024-02-28', '2024-03-01') == 2",
        "days('2026-11-24T23:30:00-02:00', '2026-11-25') == -1",
        "args.new ? true : false",
        // unset and errors
        "has(context.count) && !has(context.done) && !has(context.address.zip)",
        "!(has(context.done) && context.done)",
        "context.done || true",
        "true || context.done",
        "!(context.done && false)",
        "!(false && 1 / 0 == 1)",
        "1 / 0 == 1 || true",
        "context.tags.exists(t, t == 'b' || 1 / 0 == 1)",
        "context.tags.exists(t, t == 'b' ? true : 1 / 0 == 1)",
        "!context.tags.all(t, t == 'b' ? false : 1 / 0 == 1)",
        "has(context.count) ? context.count == 2 : false",
      })
  void holds(String cel) {
    assertThat(value(cel)).isEqualTo(true);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          context.done | unset [done]
          context.done && context.day == 'x' | unset [done, day]
          context.address.zip == '1' | unset [address.zip]
          context.byKind['laptop'].status == 'free' | unset [byKind["laptop"]]
          context.byCount[8][true] == 'x' | unset [byCount[8]]
          context.tags[5] == 'x' | unset [tags[5]]
          args.size.width > 1 | failed: args.size is not there
          1 / 0 == 1 | failed: 1 / 0: / by zero
          9223372036854775807 + 1 > 0 | failed: 9223372036854775807 + 1: long overflow
          1e30 * 1e4 * 1.1111 > 0 && 1234567890123456789.5 * 1234567890123456789.5 > 0 | failed: 1234567890123456789.5 * 1234567890123456789.5: a number of more than 34 digits
          timestamp(context.name) > now | failed: "Ana" is not a timestamp such as 2026-01-31T09:00:00Z; see also date()
          date(context.name) > now | failed: "Ana" is not a date such as 2026-01-31
          duration(context.name) > duration('1s') | failed: "Ana" is not a duration such as PT24H or 1h30m
          duration(string(5124096) + 'h') > duration('1s') | failed: "5124096h" is not a duration such as PT24H or 1h30m
          sum([9223372036854775807, 1]) > 0 | failed: the sum of a list of 2: Overflow
          sum([1234567890123456789012345678901234.0, 0.5]) > 0 | failed: the sum of a list of 2: a number of more than 34 digits
          pairs(context.tags, ['x']).size() == 1 | failed: pairs of a list of 2 and a list of 1: they must be of one length
          days(context.name, now) > 1 | failed: "Ana" is not a date such as 2026-01-31
          days('2026-11-24', context.day) > 1 | unset [day]
          decimal(context.name) == 1 | failed: "Ana" is not a decimal such as 12.50
          decimal('1e5') == 1 | failed: "1e5" is not a decimal such as 12.50
          int(context.name) == 1 | failed: "Ana" is not a 64-bit integer
          context.name.matches(context.name + '(') | failed: the pattern "Ana(": missing closing )
          now.getHours(context.name) == 1 | failed: "Ana" is not a time zone
          context.tags.all(t, t == 1 / 0 + t) || true | true
          """)
  void whyThereIsNoValueIsTold(String cel, String expected) {
    if (cel.startsWith("context.tags.all")) {
      assertThat(compiled(cel)).isNull(); // does not type-check
      return;
    }
    assertThat(String.valueOf(value(cel))).isEqualTo(expected);
  }

  @Test
  void valuesAreOfTheTypesOfJson() {
    assertThat(value("context.count + 1")).isEqualTo(3L);
    assertThat(value("sum([1, 2])")).isEqualTo(3L);
    assertThat(value("sum([1.5, 1.5])")).isEqualTo(Decimal.of(3));
    assertThat(value("sum(context.prices.filter(p, p > 9))")).isEqualTo(Decimal.of(0));
    assertThat(value("sum([])")).isEqualTo(0L);
    assertThat(value("pairs(context.tags, [1, 2])"))
        .isEqualTo(List.of(Map.of("a", "a", "b", 1L), Map.of("a", "b", "b", 2L)));
    assertThat(value("context.amount + 1")).isEqualTo(Decimal.of("1.1"));
    assertThat(value("true ? 1 : 0.5")).isEqualTo(Decimal.of(1));
    assertThat(value("1.0 / 3")).isEqualTo(Decimal.of("0.3333333333333333333333333333333333"));
    assertThat(value("context.byKind[args.kind]"))
        .isEqualTo(Map.of("status", "free", "price", Decimal.of("9.99")));
    assertThat(value("string(now + duration('1h'))")).isEqualTo("2026-11-24T19:00:00Z");
    assertThat(value("now + duration('1h')")).isEqualTo("2026-11-24T19:00:00Z");
    assertThat(value("date(now)")).isEqualTo("2026-11-24");
    assertThat(value("[context.grace]")).isEqualTo(List.of("PT48H"));
    assertThat(value("{'a': [context.born, date(now)]}"))
        .isEqualTo(Map.of("a", List.of("2000-02-29", "2026-11-24")));
  }

  @Test
  void readsAreTheFieldsOfTheContext() {
    assertThat(
            Objects.requireNonNull(
                    compiled("has(context.done) || context.byKind[args.kind].status == caller.id"))
                .reads())
        .containsExactly("byKind", "done");
  }

  @Test
  void valueOfAnotherTypeThanDeclaredFails() {
    assertThat(evaluation("context.name.size() == 1", Map.of("name", 1L), Map.of()))
        .isEqualTo(new Evaluation.Failed("1 has no size"));
    assertThat(evaluation("context.name.startsWith('a')", Map.of("name", 1L), Map.of()))
        .isInstanceOf(Evaluation.Failed.class);
    assertThat(evaluation("context.done", Map.of("done", "yes"), Map.of()))
        .isEqualTo(new Evaluation.Value("yes"));
  }

  @Test
  void largeContextIsNotLookedAt() {
    Map<String, Object> many = new HashMap<>();
    for (int i = 0; i < 1_000; i++) {
      many.put("k" + i, Map.of("status", "free", "price", Decimal.of(i)));
    }
    Map<String, Object> context = Map.of("byKind", many, "count", 2L);
    Expression expression =
        Objects.requireNonNull(compiled("context.count == 2 && context.byKind['k7'].price == 7"));
    Scope scope =
        new Scope(
            new Facts(draft.fields, context),
            new Principal("a"),
            Map.of(),
            Map::of,
            NOW,
            Typed.NOTHING,
            Map.of("args", Map.of()));
    for (int i = 0; i < 50_000; i++) {
      assertThat(expression.evaluate(scope)).isEqualTo(new Evaluation.Value(true));
    }
  }

  @Test
  void roundsAndStepsAreBounded() {
    List<String> tags = new ArrayList<>(Collections.nCopies(1_000, "x"));
    Map<String, Object> context = Map.of("tags", tags, "name", "a".repeat(60_000));

    assertThat(
            evaluation(
                "context.tags.all(a, context.tags.all(b, context.tags.all(c, c == a)))",
                context,
                Map.of()))
        .isEqualTo(new Evaluation.Failed("more than 100,000 rounds"));
    assertThat(
            evaluation(
                "context.tags.all(a, context.tags.all(b, context.name + context.name != b))",
                context,
                Map.of()))
        .isEqualTo(new Evaluation.Failed("more than 2,000,000 steps"));
    assertThat(evaluation("context.name.matches('(a+)+$')", context, Map.of()))
        .isEqualTo(new Evaluation.Value(true));
  }

  @Test
  void longestExpressionIsEvaluated() {
    String cel = "context.count == 2" + " && context.count == 2".repeat(150);

    assertThat(value(cel)).isEqualTo(true);
  }
}
