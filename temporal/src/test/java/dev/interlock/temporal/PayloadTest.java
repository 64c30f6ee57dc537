package dev.interlock.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Result;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Reply;
import dev.interlock.temporal.Payload.Begin;
import dev.interlock.temporal.Payload.Found;
import dev.interlock.temporal.Payload.Letter;
import dev.interlock.temporal.Payload.Sent;
import dev.interlock.temporal.Payload.Tail;
import dev.interlock.temporal.Payload.Taken;
import dev.interlock.temporal.Payload.Tried;
import dev.interlock.temporal.Payload.Work;
import io.temporal.common.converter.DefaultDataConverter;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PayloadTest {
  private static final Principal ANA = new Principal("ana", List.of("employee"));

  @SuppressWarnings("NullAway") // it does not see that a nested type may be null
  static List<Payload> all() {
    Map<String, Object> values =
        Map.of(
            "n",
            1L << 62,
            "d",
            Decimal.of("0.10"),
            "exact",
            Decimal.of("0.2999999999999999999999999999999999"),
            "large",
            Decimal.of("123456789012345678901234567890.1"),
            "small",
            Decimal.of("0.000000000000000000001"),
            "t",
            Instant.EPOCH,
            "s",
            "\u0000\"x\u2028");
    return List.of(
        Begin.unborn("a", "pin"),
        new Begin(
            "a",
            "pin",
            null,
            0,
            List.of(),
            new Occurrence.Started("start", Instant.EPOCH, ANA, ANA, values),
            null,
            null),
        new Begin(
            "a",
            "pin",
            null,
            7,
            List.of(),
            null,
            List.of(new Occurrence.Cancelled("c", Instant.EPOCH, ANA, "why")),
            null),
        new Begin(
            "a",
            "pin",
            Instance.unborn("a"),
            7,
            List.of("Work:turns"),
            null,
            null,
            Begin.Why.VERSION),
        new Letter(new Occurrence.Started("start", Instant.EPOCH, ANA, ANA, values), "pin"),
        new Letter(new Occurrence.Cancelled("c", Instant.EPOCH, ANA, "why"), null),
        new Taken(3, "a note"),
        new Work("a", "pin", 3, List.of(), null),
        Found.of(new Occurrence.CallFailed(Instant.EPOCH, 1, "why")),
        Found.of(),
        new Tail("pin", 3, List.of()),
        new Tried(1, 2, List.of("why"), true, List.of(new Reply.Usage(1, 2, BigDecimal.TEN)), true),
        Tried.NOTHING,
        new Sent(1, true, false));
  }

  @Test
  void runsThatBeganEarlierHaveNoEscalations() {
    String earlier = "{\"id\":\"a\",\"pin\":\"p\",\"written\":0}";

    assertThat(JournalJson.read(Begin.class, earlier)).isEqualTo(Begin.unborn("a", "p"));
  }

  @ParameterizedTest
  @MethodSource("all")
  void arrivesThroughTemporalsOwnConverterAsItWas(Payload sent) {
    var converter = DefaultDataConverter.newDefaultInstance();
    var payload = converter.toPayload(sent).orElseThrow();

    assertThat(converter.fromPayload(payload, sent.getClass(), sent.getClass())).isEqualTo(sent);
  }

  @Test
  void resultThatFillsFieldsWithTooMuchIsAMisfit() {
    Result.Fact fact = new Result.Fact("rows", List.of(), "x".repeat(200_000));
    Result fits = new Result("ref", 9, "preview", false, List.of(fact, fact), null);
    Result large = new Result("ref", 9, "preview", false, Collections.nCopies(6, fact), null);

    assertThat(Effector.travelling(1, fits).result()).isEqualTo(fits);
    assertThat(Effector.travelling(1, large).result())
        .isEqualTo(
            new Result(
                "ref",
                9,
                "preview",
                false,
                List.of(),
                "it fills fields with 1,200,361 bytes, at most 1,048,576 travel"));
  }
}
