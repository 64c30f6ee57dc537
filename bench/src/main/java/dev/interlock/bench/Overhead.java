package dev.interlock.bench;

import dev.interlock.core.json.Json;
import dev.interlock.local.SqliteStore;
import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What a turn on Temporal costs, beside the loop by hand, in the same run: events and bytes of the
 * history, and time. Prints what it finds, and ends in a line of JSON.
 */
public final class Overhead {
  private static final int TEN = 10;

  /** The events of an activity and of the workflow task that follows. */
  private static final int FLUSH = 6;

  private static final List<Integer> RESULTS = List.of(200, 2_000, 10_000);

  private final WorkflowClient client;
  private final OurSide ours;
  private final ByHand byHand;
  private final Map<String, Object> found = new LinkedHashMap<>();
  private int conversations;

  private Overhead(WorkflowClient client, OurSide ours, ByHand byHand) {
    this.client = client;
    this.ours = ours;
    this.byHand = byHand;
  }

  /**
   * Runs it on the server at {@code TEMPORAL_ADDRESS}.
   *
   * @param args how many pairs are timed; 30 if it is not said
   */
  public static void main(String[] args) throws IOException {
    int pairs = args.length == 0 ? 30 : Integer.parseInt(args[0]);
    WorkflowServiceStubs stubs = Servers.connect();
    WorkflowClient client = WorkflowClient.newInstance(stubs);
    String own = "bench-" + UUID.randomUUID();
    Path folder = Files.createTempDirectory("interlock-bench");
    try (SqliteStore store = SqliteStore.openShared(folder.resolve("bench.db"));
        OurSide ours = new OurSide(client, own + "-interlock", store);
        ByHand byHand = new ByHand(client, own + "-by-hand")) {
      Overhead overhead = new Overhead(client, ours, byHand);
      overhead.events();
      overhead.bytes();
      overhead.time(pairs);
      System.out.println(Json.write(overhead.found));
    } finally {
      stubs.shutdownNow();
      Servers.delete(folder);
    }
  }

  private History play(Side side, Conversation conversation) {
    String id = "c" + ++conversations;
    side.start(id, conversation);
    History rested = rest(side, id, 0);
    for (int i = 1; i <= conversation.messages(); i++) {
      side.send(id);
      Conversation so = new Conversation(i, conversation.turns(), conversation.result());
      rested = rest(side, id, so.activities());
    }
    return rested;
  }

  private History rest(Side side, String id, int activities) {
    return History.of(client, side.workflow(id), activities);
  }

  // ---- events

  /** What each of ten costs, by kind. */
  private static Map<String, Double> each(History ten) {
    Map<String, Double> each = new TreeMap<>();
    ten.kinds().forEach((kind, count) -> each.put(kind, count / (double) TEN));
    return each;
  }

  private static double sum(Map<String, Double> events) {
    return events.values().stream().mapToDouble(each -> each).sum();
  }

  private void events() {
    Map<String, Double> turn = each(turns(ours, TEN, 200));
    Map<String, Double> turnByHand = each(turns(byHand, TEN, 200));
    tell("events a turn of one question and one call", turn, turnByHand);
    put("events_turn", sum(turn));
    put("events_turn_by_hand", sum(turnByHand));

    Conversation talk = new Conversation(1 + TEN, 0, 0);
    Map<String, Double> message = each(play(ours, talk).between(0, TEN));
    Map<String, Double> messageByHand = each(play(byHand, talk).between(0, TEN));
    tell("events a message, its answer and the wait after it", message, messageByHand);
    double flushes = message.getOrDefault("FLUSH: ACTIVITY_TASK_SCHEDULED", 0.0);
    put("events_message_and_wait", sum(message));
    put("events_message_and_wait_by_hand", sum(messageByHand));
    put("flushes_wait", flushes);
    put("events_message_more", sum(message) - sum(messageByHand) - flushes * FLUSH);

    Map<String, Double> stays = each(records(2));
    Map<String, Double> moves = each(records(1));
    tell("events a turn that records, with a change of state and without", moves, stays);
    put("events_change_more", sum(moves) - sum(stays));
  }

  /** That many turns of one question and one call. */
  private History turns(Side side, int turns, int result) {
    return play(side, new Conversation(1, turns, result)).between(0, 2 * turns);
  }

  /**
   * Ten turns that record a number.
   *
   * @param step from one to the next; an odd number leads to the other state
   */
  private History records(int step) {
    String id = "r" + ++conversations;
    ours.start(
        id,
        question ->
            question.number() > TEN
                ? World.says(Conversation.SAID)
                : World.calls(
                    Conversation.BEFORE,
                    question,
                    "record",
                    "{\"n\":%d}".formatted(step * question.number())));
    var unused = rest(ours, id, 0);
    ours.send(id);
    return rest(ours, id, TEN + 1).between(0, TEN);
  }

  private void put(String name, double value) {
    found.put(name, Json.number(new BigDecimal("%.2f".formatted(value))));
  }

  private static void tell(String what, Map<String, Double> ours, Map<String, Double> others) {
    System.out.printf(
        "%s: %.1f, beside it %.1f%n  %s%n  beside it %s%n",
        what, sum(ours), sum(others), ours, others);
  }

  // ---- bytes

  private void bytes() {
    for (int result : RESULTS) {
      for (int turns : List.of(TEN, 3 * TEN)) {
        History our = turns(ours, turns, result);
        History hand = turns(byHand, turns, result);
        String what = "bytes_turn_of_%d_with_%d_characters".formatted(turns, result);
        compare("payload_" + what, turns, our.payloadBytes(), hand.payloadBytes());
        compare("event_" + what, turns, our.bytes(), hand.bytes());
      }
    }
  }

  private void compare(String name, int turns, long our, long hand) {
    double ratio = our / (double) hand;
    System.out.printf("%s: %d, by hand %d: %.2f times%n", name, our / turns, hand / turns, ratio);
    put(name, our / (double) turns);
    put(name + "_by_hand", hand / (double) turns);
    put(name + "_ratio", ratio);
  }

  // ---- time

  private void time(int pairs) {
    Conversation conversation = new Conversation(1, TEN, 2_000);
    List<Double> ratios = new ArrayList<>();
    List<Double> our = new ArrayList<>();
    List<Double> hand = new ArrayList<>();
    for (int pair = 0; pair < pairs; pair++) {
      boolean first = pair % 2 == 0;
      double one = millis(first ? ours : byHand, conversation);
      double other = millis(first ? byHand : ours, conversation);
      our.add(first ? one : other);
      hand.add(first ? other : one);
      ratios.add(our.getLast() / hand.getLast());
    }
    System.out.printf(
        "time a turn, median of %d interleaved pairs: %.1f ms, by hand %.1f ms; of the ratios %.2f (quarters %.2f to %.2f)%n",
        pairs, at(our, 0.5), at(hand, 0.5), at(ratios, 0.5), at(ratios, 0.25), at(ratios, 0.75));
    put("pairs", pairs);
    put("millis_turn", at(our, 0.5));
    put("millis_turn_by_hand", at(hand, 0.5));
    put("time_ratio", at(ratios, 0.5));
  }

  private double millis(Side side, Conversation conversation) {
    return play(side, conversation).working().toNanos() / 1e6 / (conversation.turns() + 1);
  }

  private static double at(List<Double> values, double part) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(part * sorted.size())));
  }
}
