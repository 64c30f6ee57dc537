package dev.interlock.core.load;

import com.google.re2j.Pattern;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.PathType;
import com.networknt.schema.regex.RegularExpressionFactory;
import com.networknt.schema.resource.SchemaLoader;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.LockedTool.ArgumentSchema;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Judges arguments by a schema that passed {@link SchemaCheck}. Numbers are compared exactly. */
final class Arguments implements ArgumentSchema {
  /** The most problems that are told of one call. */
  private static final int MAX_PROBLEMS = 10;

  /** The longest sentence, in characters. */
  private static final int MAX_SENTENCE = 300;

  /** The most keywords that are looked at for one call. */
  static final int MAX_STEPS = 2_000_000;

  /**
   * The most that patterns may cost for one call: steps of the pattern by characters of the text.
   */
  static final long MAX_MATCHING = 20_000_000;

  /** A number that is no integer. */
  private static final Decimal HALF = Decimal.of("0.5");

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Map<String, Object> source;
  private @Nullable Schema schema;

  /** What patterns may still cost for the call that is judged. */
  private long matching;

  private Arguments(Map<String, Object> source) {
    this.source = source;
  }

  /** Judges by a schema that {@link #check} passed when it was locked; read when first used. */
  static Arguments of(Map<String, Object> schema) {
    return new Arguments(schema);
  }

  /**
   * Whether it is a JSON Schema at all. Takes its time: for locking, not for loading.
   *
   * @throws IllegalArgumentException if it is not, with a sentence
   */
  static void check(Map<String, Object> schema) {
    try {
      List<Error> errors = Dialects.of(schema).validate(node(schema));
      if (!errors.isEmpty()) {
        throw new IllegalArgumentException(sentence(errors.getFirst(), ""));
      }
      new Arguments(schema).schema();
    } catch (RuntimeException e) {
      // Whatever the library stumbles over, the schema is from outside and may be anything.
      throw new IllegalArgumentException(String.valueOf(e.getMessage()), e);
    }
  }

  /** The schemas of schemas, which lie in the library's own jar. */
  private static final class Dialects {
    private static final SchemaRegistry REGISTRY =
        registry(
            loader -> loader.fetchRemoteResources(false),
            text -> {
              Pattern pattern = Pattern.compile(text);
              return value -> pattern.matcher(value).find();
            });

    static Schema of(Map<String, Object> schema) {
      String standard = SpecificationVersion.DRAFT_2020_12.getDialectId();
      Object named = schema.getOrDefault("$schema", standard);
      return REGISTRY.getSchema(SchemaLocation.of(String.valueOf(named)));
    }
  }

  private Schema schema() {
    if (schema == null) {
      schema =
          registry(
                  loader -> loader.fetchRemoteResources(false).allow(iri -> false),
                  text -> {
                    Pattern pattern = Pattern.compile(text);
                    return value -> found(pattern, value);
                  })
              .getSchema(node(source));
    }
    return schema;
  }

  private static SchemaRegistry registry(
      Consumer<SchemaLoader.Builder> loads, RegularExpressionFactory patterns) {
    SchemaRegistryConfig config =
        SchemaRegistryConfig.builder()
            .locale(Locale.ENGLISH)
            .pathType(PathType.JSON_POINTER)
            .formatAssertionsEnabled(false)
            .preloadSchema(true)
            .regularExpressionFactory(patterns)
            .build();
    return SchemaRegistry.withDefaultDialect(
        SpecificationVersion.DRAFT_2020_12,
        builder -> builder.schemaLoader(loads).schemaRegistryConfig(config));
  }

  private boolean found(Pattern pattern, String text) {
    matching -= (long) pattern.programSize() * text.length();
    if (matching < 0) {
      throw new SchemaException("its texts are too long for its patterns");
    }
    return pattern.matcher(text).find();
  }

  @Override
  public synchronized List<String> problems(Map<String, Object> arguments) {
    matching = MAX_MATCHING;
    try {
      List<Error> errors = judge(node(arguments));
      return errors.isEmpty() ? tooLong(arguments) : sentences(errors.stream(), "");
    } catch (RuntimeException e) {
      // Whatever the library stumbles over, the arguments are the model's and may be anything.
      return List.of("the schema cannot judge these arguments: " + e.getMessage());
    }
  }

  private List<Error> judge(JsonNode arguments) {
    return schema()
        .validate(
            arguments,
            context ->
                context.executionConfig(
                    config -> config.maxEvaluationSteps(MAX_STEPS).locale(Locale.ENGLISH)));
  }

  /** Where an integer is asked for, and a whole number of more than 64 bits is none. */
  private List<String> tooLong(Map<String, Object> arguments) {
    Object changed = withFractions(arguments); // a whole number is one to the library
    return changed.equals(arguments)
        ? List.of()
        : sentences(
            judge(node(changed)).stream().filter(error -> error.getKeyword().equals("type")),
            " of at most 64 bits");
  }

  /** The same, with a fraction in each number that has one or does not fit 64 bits. */
  private static Object withFractions(Object value) {
    return switch (value) {
      case Decimal number -> Json.number(number.value()) instanceof Long ? number : HALF;
      case List<?> list -> list.stream().map(Arguments::withFractions).toList();
      case Map<?, ?> map -> {
        Map<String, Object> changed = new HashMap<>();
        Json.object(map).forEach((name, member) -> changed.put(name, withFractions(member)));
        yield changed;
      }
      default -> value;
    };
  }

  private static List<String> sentences(Stream<Error> errors, String beside) {
    return errors.limit(MAX_PROBLEMS).map(error -> sentence(error, beside)).toList();
  }

  private static String sentence(Error error, String beside) {
    String where = error.getInstanceLocation().toString();
    String sentence =
        (where.isEmpty() ? "" : where.substring(1) + ": ") + error.getMessage() + beside;
    return sentence.length() > MAX_SENTENCE ? sentence.substring(0, MAX_SENTENCE) + "…" : sentence;
  }

  /** A value as Jackson's, no number changed. */
  static JsonNode node(Object value) {
    return switch (value) {
      case String text -> NODES.stringNode(text);
      case Long number -> NODES.numberNode(number);
      case Decimal number when number.value().scale() <= 0 ->
          NODES.numberNode(number.value().toBigIntegerExact());
      case Decimal number -> NODES.numberNode(number.value());
      case Boolean bool -> NODES.booleanNode(bool);
      case List<?> list -> {
        ArrayNode array = NODES.arrayNode(list.size());
        list.forEach(item -> array.add(node(item)));
        yield array;
      }
      case Map<?, ?> map -> {
        ObjectNode object = NODES.objectNode();
        Json.object(map).forEach((name, member) -> object.set(name, node(member)));
        yield object;
      }
      default ->
          throw new IllegalArgumentException(
              value.getClass().getName() + " is not one of the types of a value");
    };
  }
}
