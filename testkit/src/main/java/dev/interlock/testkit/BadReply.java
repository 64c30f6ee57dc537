package dev.interlock.testkit;

import dev.interlock.core.prompt.Reply;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a model may answer that nobody asked for, over {@link ContractMachine}.
 *
 * <p>Each either makes the reply faulty, for a reason that holds {@code expected}, or makes one of
 * its calls refused, by a rule of that name; nonsense, which expects nothing, is said.
 */
record BadReply(String name, String expected, Reply reply) {
  static final List<BadReply> ALL =
      List.of(
          new BadReply("nothing", "empty", reply(Reply.Stop.END)),
          new BadReply("blank", "empty", reply(Reply.Stop.END, new Reply.Text(" \n\t "))),
          new BadReply(
              "nonsense", "", reply(Reply.Stop.END, new Reply.Text("\0\uFFFE\u202E\u200B"))),
          new BadReply(
              "half-a-character",
              "half a character",
              reply(Reply.Stop.END, new Reply.Text("\uD800 \uDC00"))),
          new BadReply(
              "half-a-key", "not a JSON object", calls(call("d.mail", "{\"\\ud800\": 1}"))),
          new BadReply(
              "huge-exponent", "arguments", calls(call("d.mail", "{\"text\": 1000e2147483647}"))),
          new BadReply(
              "exponent-that-no-number-has",
              "arguments",
              calls(call("d.mail", "{\"text\": 1e99999999999}"))),
          new BadReply(
              "ten-megabytes",
              "1,048,576",
              reply(Reply.Stop.END, new Reply.Text("x".repeat(10 << 20)))),
          new BadReply(
              "ten-megabytes-of-arguments",
              "1,048,576",
              calls(call("d.mail", "{\"text\": \"%s\"}".formatted("x".repeat(10 << 20))))),
          new BadReply(
              "long-arguments",
              "arguments",
              calls(call("d.mail", "{\"text\": \"%s\"}".formatted("x".repeat(65_536))))),
          new BadReply(
              "many-parts",
              "2,000",
              calls(Collections.nCopies(2_001, call("d.mail", "{}")).toArray(Reply.Call[]::new))),
          new BadReply(
              "cut-off", "cut off", reply(Reply.Stop.LENGTH, call("d.mail", "{\"text\": \"x\"}"))),
          new BadReply("declined", "would not answer", reply(Reply.Stop.DECLINED)),
          new BadReply("unknown-tool", "unknown tool", calls(call("rm.rf", "{}"))),
          new BadReply("nameless-tool", "unknown tool", calls(call("", "{}"))),
          new BadReply("long-tool", "unknown tool", calls(call("d.".repeat(100_000), "{}"))),
          new BadReply(
              "duplicate-ids",
              "same id",
              calls(new Reply.Call("one", "d.mail", "{}"), new Reply.Call("one", "d.mail", "{}"))),
          new BadReply(
              "thousand-calls",
              "budget callsPerTurn",
              calls(
                  IntStream.range(0, 1_000)
                      .mapToObj(i -> new Reply.Call("c" + i, "d.find", "{}"))
                      .toArray(Reply.Call[]::new))),
          new BadReply("no-json", "not a JSON object", calls(call("d.mail", "{\"text\": "))),
          new BadReply("no-object", "not a JSON object", calls(call("d.mail", "[1, 2]"))),
          new BadReply(
              "not-a-number", "not a JSON object", calls(call("d.mail", "{\"text\": NaN}"))),
          new BadReply("out-of-range", "arguments", calls(call("d.mail", "{\"text\": 1e400}"))),
          new BadReply(
              "deep",
              "not a JSON object",
              calls(
                  call(
                      "d.mail",
                      "{\"text\": %s%s}".formatted("[".repeat(10_000), "]".repeat(10_000))))),
          new BadReply(
              "two-keys",
              "not a JSON object",
              calls(call("d.mail", "{\"text\": \"a\", \"text\": \"b\"}"))),
          new BadReply("wrong-type", "arguments", calls(call("d.mail", "{\"text\": {\"to\": 1}}"))),
          new BadReply(
              "set-argument",
              "set email",
              calls(call("d.find", "{\"email\": \"eve@example.com\"}"))),
          new BadReply(
              "foreign-field", "record", calls(call("record", "{\"person\": {\"id\": \"E2\"}}"))),
          new BadReply("input-field", "record", calls(call("record", "{\"topic\": \"other\"}"))),
          new BadReply("foreign-result", "recall", calls(call("recall", "{\"call\": 99}"))),
          new BadReply("foreign-call", "take_back", calls(call("take_back", "{\"call\": 99}"))));

  private static Reply.Call call(String tool, String arguments) {
    return new Reply.Call("only", tool, arguments);
  }

  private static Reply calls(Reply.Call... calls) {
    return reply(Reply.Stop.CALLS, calls);
  }

  private static Reply reply(Reply.Stop stop, Reply.Part... parts) {
    return new Reply(List.of(parts), stop, "hostile", Reply.Usage.NONE);
  }
}
