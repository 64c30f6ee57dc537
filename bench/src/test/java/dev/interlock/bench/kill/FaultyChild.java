package dev.interlock.bench.kill;

import dev.interlock.bench.kill.Verdict.Wrong;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.Write;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A {@link Child} with something wrong, so that a test shows that it would be found. The last one
 * of a store, which nobody kills, is sound.
 */
final class FaultyChild {
  static final String PROPERTY = "interlock.fault";

  /** What is wrong, where a kill shows it, and as what it is found. */
  enum Seeded implements Child.Fault {
    /** It says that a group is committed, and commits it with the next one. */
    COMMITS_LATE("before-commit-of-reply", Wrong.LOST),
    /** It forgets what was marked. */
    KEEPS_NO_MARKS("before-commit-of-result", Wrong.BROKEN),
    /** It forgets what came with messages. */
    KEEPS_NO_DOCUMENTS("before-commit-of-reply", Wrong.BROKEN),
    /** It forgets that something is in flight. */
    KEEPS_NOTHING_LIVE("before-commit-of-reply", Wrong.STUCK),
    SENDS_TWICE("after-commit-of-result", Wrong.DOUBLED),
    SENDS_UNDER_TWO_KEYS("after-commit-of-result", Wrong.DOUBLED),
    /** It says that what it never sent was answered. */
    SENDS_NOTHING("after-commit-of-result", Wrong.UNTRUE);

    final String point;
    final Wrong found;

    Seeded(String point, Wrong found) {
      this.point = point;
      this.found = found;
    }

    @Override
    public Store store(Store sound) {
      return switch (this) {
        case COMMITS_LATE -> committing(sound, late());
        case KEEPS_NO_MARKS -> committing(sound, without(Store.PutMark.class));
        case KEEPS_NO_DOCUMENTS -> committing(sound, without(Store.PutDocument.class));
        case KEEPS_NOTHING_LIVE ->
            committing(sound, writes -> writes.stream().map(FaultyChild::resting).toList());
        case SENDS_TWICE, SENDS_UNDER_TWO_KEYS, SENDS_NOTHING -> sound;
      };
    }

    @Override
    public ToolHost tools(ToolHost sound) {
      return switch (this) {
        case SENDS_TWICE -> calling(sound, call -> twice(sound, call, call.key()));
        case SENDS_UNDER_TWO_KEYS -> calling(sound, call -> twice(sound, call, call.key() + "x"));
        case SENDS_NOTHING -> calling(sound, call -> new ToolHost.Answer.Returned("done", null));
        case COMMITS_LATE, KEEPS_NO_MARKS, KEEPS_NO_DOCUMENTS, KEEPS_NOTHING_LIVE -> sound;
      };
    }
  }

  private FaultyChild() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Child.Told told = Child.Told.of(args);
    boolean last = told.busy() == 0;
    Child.run(told, last ? Child.Fault.NONE : Seeded.valueOf(System.getProperty(PROPERTY, "")));
  }

  // ---- what is wrong

  private static UnaryOperator<List<Write>> late() {
    List<Write> held = new ArrayList<>();
    return writes -> {
      List<Write> now = List.copyOf(held);
      held.clear();
      held.addAll(writes);
      return now;
    };
  }

  private static UnaryOperator<List<Write>> without(Class<? extends Write> kind) {
    return writes -> writes.stream().filter(write -> !kind.isInstance(write)).toList();
  }

  private static Write resting(Write write) {
    if (!(write instanceof Store.Update update)) {
      return write;
    }
    Store.Row row = update.row();
    Store.Row resting =
        new Store.Row(
            row.instance(),
            row.machine(),
            row.machineName(),
            row.caller(),
            row.state(),
            row.status(),
            row.escalatedFrom(),
            row.reason(),
            row.started(),
            row.since(),
            row.due(),
            false,
            row.seq(),
            row.roles());
    return new Store.Update(resting, update.snapshot());
  }

  private static ToolHost.Answer twice(ToolHost sound, ToolHost.ToolCall call, String key) {
    ToolHost.ToolCall other =
        new ToolHost.ToolCall(
            call.tool(),
            call.arguments(),
            key,
            call.instance(),
            call.caller(),
            call.timeout(),
            call.lockedHash());
    var unused = sound.call(other);
    return sound.call(call);
  }

  // ---- around what is sound

  /** The store, given other writes to commit. */
  private static Store committing(Store sound, UnaryOperator<List<Write>> written) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          Object[] given = arguments;
          if (method.getName().equals("commit")) {
            given = new Object[] {written.apply(writes(arguments[0]))};
          }
          try {
            return method.invoke(sound, given);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    return (Store)
        Proxy.newProxyInstance(
            FaultyChild.class.getClassLoader(), new Class<?>[] {Store.class}, handler);
  }

  private static List<Write> writes(Object given) {
    return ((List<?>) given).stream().map(Write.class::cast).toList();
  }

  private static ToolHost calling(
      ToolHost sound, Function<ToolHost.ToolCall, ToolHost.Answer> calling) {
    return new ToolHost() {
      @Override
      public List<Offered> offered(String server) {
        return sound.offered(server);
      }

      @Override
      public Answer call(ToolCall call) {
        return calling.apply(call);
      }

      @Override
      public void close() {
        sound.close();
      }
    };
  }
}
