package dev.interlock.langchain4j;

import dev.interlock.core.engine.ToolHost.Answer;
import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.engine.ToolHost.ToolCall;
import dev.interlock.core.load.ToolLock;
import dev.interlock.langchain4j.Shape.Misfit;
import dev.interlock.langchain4j.Shapes.Unfit;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolMemoryId;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One method that carries {@code @Tool}, ready to be called. */
final class JavaMethod {
  private static final System.Logger LOG = System.getLogger(JavaMethod.class.getName());

  /** Where a parameter's value comes from. */
  private sealed interface Source {
    /** What the model, or the machine's {@code set}, gives. */
    record Argument(String name, Shape shape) implements Source {}

    record Context() implements Source {}

    /** LangChain4j's memory is ours the instance. */
    record Memory() implements Source {}
  }

  private final Object object;
  private final Method method;
  private final List<Source> sources;
  private final Offered offered;
  private final String hash;

  private JavaMethod(Object object, Method method, List<Source> sources, Offered offered) {
    this.object = object;
    this.method = method;
    this.sources = sources;
    this.offered = offered;
    this.hash = ToolLock.hash(offered);
  }

  /**
   * A method as a tool.
   *
   * @param problems what is wrong is added, a sentence each; then null is given
   */
  static @Nullable JavaMethod of(
      String server, Object object, Method method, List<String> problems) {
    Tool tool = method.getAnnotation(Tool.class);
    String name = server + "." + (tool.name().isBlank() ? method.getName() : tool.name());
    int before = problems.size();
    List<Source> sources = new ArrayList<>();
    Map<String, Shape> arguments = new LinkedHashMap<>();
    for (Parameter parameter : method.getParameters()) {
      @Nullable Source source = source(name, parameter, problems);
      if (source instanceof Source.Argument(String argument, Shape shape)) {
        arguments.put(argument, shape);
      }
      if (source != null) {
        sources.add(source);
      }
    }
    if (before < problems.size()) {
      return null;
    }
    method.setAccessible(true);
    Offered offered =
        new Offered(name, String.join("\n", tool.value()), Shapes.objectSchema(arguments), true);
    return new JavaMethod(object, method, sources, offered);
  }

  private static @Nullable Source source(String tool, Parameter parameter, List<String> problems) {
    if (parameter.getType() == CallContext.class) {
      return new Source.Context();
    }
    if (parameter.isAnnotationPresent(ToolMemoryId.class)) {
      return new Source.Memory();
    }
    @Nullable P words = parameter.getAnnotation(P.class);
    String name = words == null || words.name().isBlank() ? parameter.getName() : words.name();
    if (!parameter.isNamePresent() && (words == null || words.name().isBlank())) {
      problems.add(
          "found a parameter of %s without a name, expected one: compile with -parameters, or write"
                  .formatted(tool)
              + " @P(name = \"…\")");
      return null;
    }
    try {
      return new Source.Argument(name, argument(parameter, words));
    } catch (Unfit e) {
      problems.add("found the parameter `%s` of %s: %s".formatted(name, tool, e.getMessage()));
      return null;
    }
  }

  private static Shape argument(Parameter parameter, @Nullable P words) {
    Type type = parameter.getParameterizedType();
    Shape shape = Shapes.of(type);
    if (words == null) {
      return Shapes.mayBeNull(parameter.getAnnotatedType()) ? shape.orElse(null) : shape;
    }
    if (!words.defaultValue().equals(P.NO_DEFAULT)) {
      throw new Unfit(
          "a `defaultValue`, which the journal would not show; expected required = false, and the"
              + " default in the method");
    }
    String description = words.description().isBlank() ? words.value() : words.description();
    shape = Shapes.described(shape, description);
    if (words.required() || !shape.needed()) {
      return shape;
    }
    if (parameter.getType().isPrimitive()) {
      throw new Unfit(
          "%s with required = false; expected a type that can be null"
              .formatted(type.getTypeName()));
    }
    return shape.orElse(null);
  }

  /** As it is offered, for locking. */
  Offered offered() {
    return offered;
  }

  /** Of what is offered. */
  String hash() {
    return hash;
  }

  /**
   * The values of the parameters.
   *
   * @throws Misfit if arguments do not fit
   */
  @Nullable Object[] bind(ToolCall call, Instant deadline) {
    Map<String, Object> left = new LinkedHashMap<>(call.arguments());
    @Nullable Object[] values = new @Nullable Object[sources.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (sources.get(i)) {
            case Source.Argument(String name, Shape shape) -> shape.read(name, left.remove(name));
            case Source.Memory() -> call.instance();
            case Source.Context() ->
                new CallContext(call.tool(), call.caller(), call.instance(), call.key(), deadline);
          };
    }
    if (!left.isEmpty()) {
      throw new Misfit("`%s` is no parameter".formatted(left.keySet().iterator().next()));
    }
    return values;
  }

  /** Calls the method. Never throws for what it does. */
  Answer invoke(@Nullable Object[] values) {
    try {
      boolean nothing = method.getReturnType() == void.class;
      return Results.of(method.invoke(object, values), nothing ? Results.DONE : Results.NOTHING);
    } catch (InvocationTargetException e) {
      return thrown(e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private Answer thrown(@Nullable Throwable cause) {
    if (cause instanceof ToolFailed failed) {
      String why = String.valueOf(failed.getMessage());
      return new Answer.Failed(
          why.isBlank() ? "the tool says that it failed, without a reason" : why,
          failed.retryable(),
          failed.retryAfter());
    }
    // Its message may be of anything, and the answer is read by the model: only the log has it.
    LOG.log(System.Logger.Level.WARNING, offered.name() + " threw", cause);
    String what = cause == null ? "something" : cause.getClass().getSimpleName();
    return new Answer.Unknown(
        "%s threw %s; the log has more. Nothing says whether it happened: ToolFailed would"
            .formatted(offered.name(), what));
  }
}
