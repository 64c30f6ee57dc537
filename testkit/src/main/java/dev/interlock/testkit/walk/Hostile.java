package dev.interlock.testkit.walk;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/** Draws values: of a type, of a schema, or of anything else. */
final class Hostile {
  /** Few, so that what is drawn twice is often the same. */
  private static final List<String> WORDS =
      List.of("a", "b", "c", "", "lend", "refund", "E1", "E2", "eve@example.com", "Ünï\u0000✓");

  private final Random random;
  private final List<String> words;

  Hostile(Random random, List<String> moreWords) {
    this.random = random;
    List<String> all = new ArrayList<>(WORDS);
    all.addAll(moreWords);
    this.words = all;
  }

  /** Names in an order that is the same in every process. */
  static List<String> sorted(Collection<String> names) {
    return new ArrayList<>(new TreeSet<>(names));
  }

  boolean oneIn(int times) {
    return random.nextInt(times) == 0;
  }

  <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  String word() {
    return any(words);
  }

  /** A value of that type. */
  Object of(Type type) {
    return switch (type) {
      case Type.Text text -> text.options().isEmpty() ? word() : any(text.options());
      case Type.Whole whole -> whole();
      case Type.Exact exact -> new Decimal(BigDecimal.valueOf(random.nextInt(10_000), 2));
      case Type.Time time ->
          switch (time.kind()) {
            case DATE -> any(List.of("2026-11-24", "1999-12-31", "2028-02-29"));
            case TIMESTAMP -> any(List.of("2026-11-24T12:00:00Z", "2027-01-01T00:30:00+02:00"));
            case DURATION -> any(List.of("PT1S", "PT24H", "P30D"));
          };
      case Type.Bool bool -> random.nextInt(4) > 0;
      case Type.Struct struct -> {
        Map<String, Object> value = new LinkedHashMap<>();
        new TreeMap<>(struct.properties())
            .forEach((name, of) -> {
              if (!oneIn(8)) {
                value.put(name, of(of));
              }
            });
        yield value;
      }
      case Type.MapOf map -> Map.of("k", of(map.values()));
      case Type.ListOf list -> some(list.items());
      case Type.Opaque opaque -> Map.of("x", 1L);
      case Type.Document document -> document();
    };
  }

  /** A document as an engine says of one that came in; sometimes of one that must not be taken. */
  Map<String, Object> document() {
    byte[] bytes = (any(List.of("%PDF-", "GIF89a", "MZ", "")) + random.nextInt(3)).getBytes(UTF_8);
    return Attachment.of(any(List.of("a.pdf", "b", "c.gif", "../d", "\u001b[2J")), bytes)
        .document()
        .value();
  }

  /** A list of up to three values. */
  List<Object> some(Type type) {
    List<Object> list = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      list.add(of(type));
    }
    return list;
  }

  private Object whole() {
    return switch (random.nextInt(6)) {
      case 0 -> 0L;
      case 1 -> Long.MAX_VALUE;
      case 2 -> -1L;
      default -> (long) random.nextInt(200);
    };
  }

  /** Anything that JSON can say. */
  Object anything() {
    return switch (random.nextInt(8)) {
      case 0 -> whole();
      case 1 -> new Decimal(new BigDecimal("0.1"));
      case 2 -> oneIn(2);
      case 3 -> List.of();
      case 4 -> List.of(word(), word());
      case 5 -> Map.of();
      case 6 -> Map.of("id", word(), "price", whole());
      default -> word();
    };
  }

  /** Arguments for a schema; often they fit. */
  Map<String, Object> arguments(Map<String, Object> schema) {
    Map<String, Object> arguments = new LinkedHashMap<>();
    if (schema.get("properties") instanceof Map<?, ?> properties) {
      List<?> required = schema.get("required") instanceof List<?> list ? list : List.of();
      sorted(properties)
          .forEach((name, of) -> {
            boolean needed = required.contains(name) ? !oneIn(25) : oneIn(4);
            if (needed) {
              arguments.put(
                  String.valueOf(name),
                  oneIn(25) || !(of instanceof Map<?, ?> member) ? anything() : schema(member));
            }
          });
    }
    if (oneIn(40)) {
      arguments.put("surprise", anything());
    }
    return arguments;
  }

  private static Map<String, Object> sorted(Map<?, ?> members) {
    Map<String, Object> sorted = new TreeMap<>();
    members.forEach((name, of) -> sorted.put(String.valueOf(name), of));
    return sorted;
  }

  private Object schema(Map<?, ?> schema) {
    if (schema.get("enum") instanceof List<?> options && !options.isEmpty()) {
      Object chosen = options.get(random.nextInt(options.size()));
      return chosen == null ? "" : chosen;
    }
    return switch (String.valueOf(schema.get("type"))) {
      case "string" -> word();
      case "integer" -> whole();
      case "number" -> new Decimal(new BigDecimal("12.5"));
      case "boolean" -> oneIn(2);
      case "array" ->
          schema.get("items") instanceof Map<?, ?> items
              ? List.of(schema(items), schema(items))
              : List.of();
      case "object" -> {
        Map<String, Object> value = new LinkedHashMap<>();
        if (schema.get("properties") instanceof Map<?, ?> properties) {
          sorted(properties)
              .forEach((name, of) -> {
                if (of instanceof Map<?, ?> member) {
                  value.put(name, schema(member));
                }
              });
        }
        yield value;
      }
      default -> anything();
    };
  }
}
