package dev.interlock.core.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A value that an expression reads: {@code context.employee.id}, {@code args.amount}, {@code
 * context.orders[args.order_id].status}.
 *
 * @param root a variable: {@code context}, {@code args}, {@code caller}, {@code constants}, {@code
 *     run}, {@code now}, {@code result} or {@code call}
 */
public record Path(String root, List<Step> steps) {
  /** One step into a value. */
  public sealed interface Step {
    /** A member by its name. */
    record Member(String name) implements Step {}

    /** An entry of a map or an item of a list, by a value that is read too. */
    record Entry(Path key) implements Step {}

    /** Whatever stands in it: an item of a list, a key of a map. */
    record Any() implements Step {}
  }

  public static final String CONTEXT = "context";

  public static Path of(String root, String... members) {
    return new Path(root, Stream.of(members).<Step>map(Step.Member::new).toList());
  }

  /** One step further. */
  public Path then(Step step) {
    List<Step> more = new ArrayList<>(steps);
    more.add(step);
    return new Path(root, List.copyOf(more));
  }

  /** The field of the context that it begins in, or an empty text. */
  public String field() {
    return root.equals(CONTEXT) && !steps.isEmpty() && steps.getFirst() instanceof Step.Member first
        ? first.name()
        : "";
  }

  /** The paths that stand in brackets. */
  public Stream<Path> keys() {
    return steps.stream()
        .flatMap(step -> step instanceof Step.Entry(Path key) ? Stream.of(key) : Stream.of());
  }

  /** The same place, by whatever keys it is read. */
  public String place() {
    StringBuilder text = new StringBuilder(root);
    for (Step step : steps) {
      switch (step) {
        case Step.Member(String name) -> text.append('.').append(name);
        case Step.Entry(Path key) -> text.append("[]");
        case Step.Any() -> text.append("[*]");
      }
    }
    return text.toString();
  }

  /** As it is written in an expression. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(root);
    for (Step step : steps) {
      switch (step) {
        case Step.Member(String name) -> text.append('.').append(name);
        case Step.Entry(Path key) -> text.append('[').append(key).append(']');
        case Step.Any() -> text.append("[*]");
      }
    }
    return text.toString();
  }
}
