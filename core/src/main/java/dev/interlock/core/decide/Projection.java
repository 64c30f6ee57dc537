package dev.interlock.core.decide;

import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import dev.interlock.core.machine.ArgRef;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Expression.Evaluation;
import dev.interlock.core.machine.Facts;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Scope;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Type;
import dev.interlock.core.machine.Typed;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is drawn from a tool's answer before {@code decide} sees it, on every engine alike. Pure.
 */
public final class Projection {
  private Projection() {}

  /**
   * The result of a call: preview, facts, misfit.
   *
   * @param call as the instance holds it, with the arguments it was accepted with
   * @param ref where the whole lies
   * @param text the whole result as text
   * @param structured the result as JSON text, or null
   */
  public static Result project(
      Machine machine, Call call, String ref, String text, @Nullable String structured) {
    String whole = text.isEmpty() && structured != null ? structured : text;
    boolean complete = whole.length() <= Result.MAX_INLINE;
    String preview = complete ? whole : beginning(whole);
    List<Result.Fact> facts = new ArrayList<>();
    String misfit = null;
    Object value = null;
    for (Field field : machine.context().values()) {
      if (!(field.source() instanceof Source.Tools source)
          || !source.from().contains(call.tool())) {
        continue;
      }
      if (value == null) {
        value = value(text, structured);
      }
      String why = file(machine, field, source, call, value, facts);
      if (!why.isEmpty()) {
        misfit = field.name() + ": " + why;
        break;
      }
    }
    return new Result(
        ref,
        whole.getBytes(StandardCharsets.UTF_8).length,
        preview,
        complete,
        misfit == null ? List.copyOf(facts) : List.of(),
        misfit);
  }

  private static String beginning(String text) {
    int end = Character.isHighSurrogate(text.charAt(Result.PREVIEW - 1)) ? 1 : 0;
    return text.substring(0, Result.PREVIEW - end);
  }

  /** What guards and fields read of an answer: its JSON, else its text. */
  private static Object value(String text, @Nullable String structured) {
    try {
      return Json.parse(structured == null ? text : structured);
    } catch (JsonException e) {
      return text;
    }
  }

  /** Adds the fact that a result is for a field; returns why it does not fit, or nothing. */
  private static String file(
      Machine machine,
      Field field,
      Source.Tools source,
      Call call,
      Object result,
      List<Result.Fact> facts) {
    Object found;
    if (source.value() != null) {
      Scope scope =
          new Scope(
              new Facts(Map.of(), Map.of()),
              new dev.interlock.core.machine.Principal(""),
              machine.constants(),
              Map::of,
              Objects.requireNonNullElse(call.dispatchedAt(), Instant.EPOCH),
              Typed.NOTHING,
              Map.of("args", call.args()));
      switch (source.value().evaluate(scope)) {
        case Evaluation.Value(Object value) -> found = value;
        case Evaluation.Unset u -> {
          return "its value cannot be computed";
        }
        case Evaluation.Failed(String why) -> {
          return why;
        }
      }
    } else {
      found = Json.at(result, source.at());
      if (found == null) {
        return "there is nothing at " + source.at();
      }
    }
    List<Object> key = new ArrayList<>();
    for (ArgRef argument : source.key()) {
      Object part = argument.of(call.args());
      if (!(part instanceof String || part instanceof Long || part instanceof Boolean)) {
        return "its key " + argument + " is no text, integer or boolean";
      }
      key.add(part);
    }
    boolean single = field.many() && source.append() && !(found instanceof List<?>);
    return switch (field.entryType().fit(single ? List.of(found) : found)) {
      case Type.Fit.Fits(List<?> items) when field.many() && items.size() > field.max() ->
          Values.tooMany(field);
      case Type.Fit.Fits(Object value) -> {
        facts.add(new Result.Fact(field.name(), key, value));
        yield "";
      }
      case Type.Fit.Misfit(String why) -> why;
    };
  }

  /** The arguments of a call's probe, or why they cannot be computed. */
  public static Probing probe(Machine machine, Instance instance, Call call, Instant now) {
    Tool.Probe probe = machine.tool(call.tool()).probe();
    if (probe == null) {
      return new Probing.Impossible(call.tool() + " has no probe");
    }
    Scope scope = Scopes.of(machine, instance, now).with(Map.of("call", view(call)));
    Map<String, Object> args = new LinkedHashMap<>();
    for (Map.Entry<String, Expression> argument : probe.with().entrySet()) {
      switch (argument.getValue().evaluate(scope)) {
        case Evaluation.Value(Object value) -> args.put(argument.getKey(), value);
        case Evaluation.Unset(List<String> fields) -> {
          return new Probing.Impossible("unset: " + String.join(", ", fields));
        }
        case Evaluation.Failed(String why) -> {
          return new Probing.Impossible(why);
        }
      }
    }
    List<String> problems = machine.tool(probe.call()).locked().arguments().problems(args);
    return problems.isEmpty()
        ? new Probing.Ask(probe.call(), args)
        : new Probing.Impossible(String.join("; ", problems));
  }

  /**
   * Whether a probe's answer says that the call happened: true or false decides, all else does not.
   */
  public static Evaluation happened(
      Machine machine,
      Instance instance,
      Call call,
      String text,
      @Nullable String structured,
      Instant now) {
    Tool.Probe probe = Objects.requireNonNull(machine.tool(call.tool()).probe());
    Scope scope =
        Scopes.of(machine, instance, now)
            .with(Map.of("call", view(call), "result", value(text, structured)));
    return probe.happened().evaluate(scope);
  }

  private static Map<String, Object> view(Call call) {
    return Map.of(
        "args", call.args(),
        "key", call.key(),
        "dispatchedAt", Objects.requireNonNullElse(call.dispatchedAt(), Instant.EPOCH));
  }

  /** What to ask a probe. */
  public sealed interface Probing {
    /** The tool, its arguments. */
    record Ask(String tool, Map<String, Object> args) implements Probing {}

    /** There is no probe, or its arguments cannot be computed. */
    record Impossible(String why) implements Probing {}
  }
}
