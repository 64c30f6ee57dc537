package dev.interlock.testkit.cast;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.re2j.Pattern;
import dev.interlock.core.counterexample.Formed;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Type;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Draws values: of a type, of a schema, or of anything else. */
public final class Hostile {
  /** Slips whenever it can. */
  public static final int WILD = 1;

  /** Slips eight times as seldom: it wants to get somewhere. */
  public static final int PATIENT = 8;

  /** As good as never slips, and says nothing absurd. */
  public static final int SINCERE = 1 << 20;

  /** Few, so that what is drawn twice is often the same. */
  private static final List<String> WORDS =
      List.of("a", "b", "c", "", "lend", "refund", "E1", "E2", "eve@example.com", "Ünï\u0000✓");

  /** Texts of common kinds, for those that must have a form. */
  private static final List<String> PLAUSIBLE =
      List.of(
          "0.00",
          "12.50",
          "500.00",
          "12",
          "A7",
          "B12",
          "2026-01-02",
          "2026-01-02T09:30:00Z",
          "DE89370400440532013000",
          "ana@example.com",
          "123e4567-e89b-12d3-a456-426614174000");

  /** Few as well, so that sums and differences come out even. */
  private static final List<String> AMOUNTS =
      List.of("0", "0.5", "12.5", "12.5", "25", "100", "500", "9000.01");

  /** By which documents are told. */
  private static final List<String> BEGINNINGS =
      List.of("%PDF-", "GIF89a", "\u00ff\u00d8\u00ff", "\u0089PNG\r\n\u001a\n", "MZ", "");

  private static final int VARIANTS = 3;

  private final Random random;
  private final Words.Known known;
  private final int patience;

  /**
   * @param known what means something to machine and instance
   * @param patience how much seldomer than one that is wild this one slips, at least 1
   */
  public Hostile(Random random, Words.Known known, int patience) {
    this.random = random;
    this.known = known;
    this.patience = patience;
  }

  /** Names in an order that is the same in every process. */
  public static List<String> sorted(Collection<String> names) {
    return new ArrayList<>(new TreeSet<>(names));
  }

  /** A number from 0 up to, and without, a bound. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /** True one in so many times. */
  public boolean oneIn(int times) {
    return random.nextInt(times) == 0;
  }

  /** Whether something happens that gets nobody anywhere: one in so many times, if it is wild. */
  public boolean slips(int times) {
    return random.nextInt(times * patience) == 0;
  }

  /** One that draws from the same, and slips whenever it can. */
  public Hostile wild() {
    return new Hostile(random, known, WILD);
  }

  /** Whether it means what it says. */
  public boolean sincere() {
    return patience == SINCERE;
  }

  /** Whether it wants to get somewhere. */
  public boolean patient() {
    return patience > 1;
  }

  /** One of these. */
  public <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** A text for whatever has that name. */
  public String word(String name) {
    List<String> beside = known.texts(name);
    if (sincere()) {
      List<String> said = beside.stream().filter(text -> !text.isEmpty()).toList();
      return said.isEmpty() ? plain(name) : any(said);
    }
    int kind = random.nextInt(8);
    if (kind > 1 && !beside.isEmpty()) {
      return any(beside);
    }
    List<String> texts = known.texts();
    return kind == 0 || texts.isEmpty() || oneIn(2) ? any(WORDS) : any(texts);
  }

  /** One of few that say what they are. */
  private String plain(String name) {
    return (name.isEmpty() ? "word" : name) + "-" + (1 + random.nextInt(3));
  }

  /** Any text. */
  public String word() {
    return word("");
  }

  /** A text for whatever has that name, of a form if one is at hand that is. */
  private String word(String name, @Nullable Pattern pattern, Predicate<String> fits) {
    if (slips(12)) {
      return word(name);
    }
    List<String> beside = known.texts(name).stream().filter(fits).toList();
    if (!beside.isEmpty() && !oneIn(3)) {
      return any(beside);
    }
    List<String> numbers =
        known.numbers().stream().map(number -> cents(number)).filter(fits).toList();
    if (!numbers.isEmpty() && oneIn(2)) {
      return any(numbers);
    }
    List<String> fitting =
        Stream.concat(PLAUSIBLE.stream(), known.texts().stream()).filter(fits).toList();
    if (!fitting.isEmpty()) {
      return any(fitting);
    }
    return pattern == null
        ? word(name)
        : Formed.text(pattern).filter(fits).orElseGet(() -> word(name));
  }

  private static String cents(Decimal number) {
    return number.value().setScale(2, RoundingMode.HALF_UP).toPlainString();
  }

  /** A value of that type, for whatever has that name. */
  public Object of(String name, Type type) {
    return switch (type) {
      case Type.Text text when !text.options().isEmpty() -> any(text.options());
      case Type.Text text when text.equals(Type.Text.ANY) -> word(name);
      case Type.Text text ->
          word(name, text.pattern(), word -> text.fit(word) instanceof Type.Fit.Fits);
      case Type.Whole whole -> whole();
      case Type.Exact exact -> exact();
      case Type.Time time ->
          switch (time.kind()) {
            case DATE -> date(name, time);
            case TIMESTAMP ->
                any(
                    List.of(
                        "2026-11-24T12:00:00Z",
                        "2027-01-01T00:30:00+02:00",
                        "2026-01-07T00:00:00Z"));
            case DURATION -> any(List.of("PT1S", "PT24H", "P30D"));
          };
      case Type.Bool bool -> random.nextInt(5) > 1;
      case Type.Struct struct -> {
        Map<String, Object> value = new LinkedHashMap<>();
        new TreeMap<>(struct.properties())
            .forEach((property, of) -> {
              if (!slips(8)) {
                value.put(property, of(property, of));
              }
            });
        yield value;
      }
      case Type.MapOf map -> {
        Map<String, Object> value = new LinkedHashMap<>();
        for (int i = patient() ? 1 + random.nextInt(3) : random.nextInt(4); i > 0; i--) {
          value.put(word(name), of(name, map.values()));
        }
        yield value;
      }
      case Type.ListOf list -> some(name, list.items());
      case Type.Opaque opaque -> Map.of("x", 1L);
      case Type.Document document -> document();
    };
  }

  private Object date(String name, Type.Time time) {
    List<String> beside =
        known.texts(name).stream().filter(day -> time.fit(day) instanceof Type.Fit.Fits).toList();
    return !beside.isEmpty() && oneIn(2)
        ? any(beside)
        : any(List.of("2026-01-02", "2026-11-24", "1999-12-31", "2028-02-29"));
  }

  /** A document as an engine says of one that came in; sometimes of one that must not be taken. */
  public Map<String, Object> document() {
    byte[] bytes = content(any(BEGINNINGS), random.nextInt(VARIANTS));
    String name = patient() || oneIn(3) ? "b" : any(List.of("a.pdf", "c.gif", "../d", "\u001b[2J"));
    return Attachment.of(name, bytes).document().value();
  }

  private static byte[] content(String beginning, int variant) {
    return (beginning + variant).getBytes(ISO_8859_1);
  }

  /** The bytes of a document that was drawn, by their hash; empty if none has it. */
  public static Optional<byte[]> bytes(String hash) {
    return BEGINNINGS.stream()
        .flatMap(beginning ->
            IntStream.range(0, VARIANTS).mapToObj(variant -> content(beginning, variant)))
        .filter(bytes -> Attachment.hash(bytes).equals(hash))
        .findFirst();
  }

  /** A list of up to three values. */
  public List<Object> some(String name, Type type) {
    List<Object> list = new ArrayList<>();
    for (int i = sincere() ? 1 + random.nextInt(3) : random.nextInt(4); i > 0; i--) {
      list.add(of(name, type));
    }
    return list;
  }

  private Object whole() {
    if (sincere()) {
      return 1L + random.nextInt(20);
    }
    int kind = random.nextInt(8);
    if (kind > 5) {
      List<Long> known =
          this.known.numbers().stream()
              .map(Decimal::value)
              .filter(number -> number.abs().compareTo(BigDecimal.valueOf(100_000)) < 0)
              .map(BigDecimal::longValue)
              .toList();
      if (!known.isEmpty()) {
        return any(known) + any(List.of(0L, 0L, 1L, -1L));
      }
    }
    return switch (kind) {
      case 0 -> 0L;
      case 1 -> Long.MAX_VALUE;
      case 2 -> -1L;
      default -> (long) random.nextInt(200);
    };
  }

  /** A number as JSON is read: what has no fraction is an integer. */
  private Object exact() {
    List<Decimal> numbers = known.numbers();
    Decimal number =
        switch (random.nextInt(5)) {
          case 0 -> new Decimal(BigDecimal.valueOf(random.nextInt(10_000), 2));
          case 1, 2 -> numbers.isEmpty() ? Decimal.of(1) : any(numbers);
          default -> Decimal.of(any(AMOUNTS));
        };
    return Json.parse(Json.write(number));
  }

  /** Anything that JSON can say. */
  public Object anything() {
    if (sincere()) {
      return Map.of("ok", true);
    }
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
  public Map<String, Object> arguments(Map<String, Object> schema) {
    Map<String, Object> arguments = new LinkedHashMap<>();
    if (schema.get("properties") instanceof Map<?, ?> properties) {
      List<?> required = schema.get("required") instanceof List<?> list ? list : List.of();
      sorted(properties)
          .forEach((name, of) -> {
            boolean needed = required.contains(name) ? !slips(25) : oneIn(4);
            if (needed) {
              arguments.put(name, argument(name, of));
            }
          });
    }
    if (slips(40)) {
      arguments.put("surprise", anything());
    }
    return arguments;
  }

  /** The same arguments, with another value for one that the schema has. */
  Map<String, Object> changed(Map<String, Object> arguments, Map<String, Object> schema) {
    Map<String, Object> changed = new LinkedHashMap<>(arguments);
    if (schema.get("properties") instanceof Map<?, ?> properties && !properties.isEmpty()) {
      Map.Entry<String, Object> one = any(List.copyOf(sorted(properties).entrySet()));
      changed.put(one.getKey(), argument(one.getKey(), one.getValue()));
    }
    return changed;
  }

  private Object argument(String name, Object schema) {
    return slips(25) || !(schema instanceof Map<?, ?> member) ? anything() : schema(name, member);
  }

  private static Map<String, Object> sorted(Map<?, ?> members) {
    Map<String, Object> sorted = new TreeMap<>();
    members.forEach((name, of) -> sorted.put(String.valueOf(name), of));
    return sorted;
  }

  private Object schema(String name, Map<?, ?> schema) {
    if (schema.get("enum") instanceof List<?> options && !options.isEmpty()) {
      Object chosen = options.get(random.nextInt(options.size()));
      return chosen == null ? "" : chosen;
    }
    return switch (String.valueOf(schema.get("type"))) {
      case "string" -> {
        if (schema.get("pattern") instanceof String pattern) {
          Pattern compiled = known.pattern(pattern);
          yield word(name, compiled, text -> compiled.matcher(text).find());
        }
        yield word(name);
      }
      case "integer" -> whole();
      case "number" -> exact();
      case "boolean" -> oneIn(2);
      case "array" -> {
        List<Object> list = new ArrayList<>();
        if (schema.get("items") instanceof Map<?, ?> items) {
          for (int i = any(List.of(0, 1, 1, 1, 2)); i > 0; i--) {
            list.add(schema(name, items));
          }
        }
        yield list;
      }
      case "object" -> {
        Map<String, Object> value = new LinkedHashMap<>();
        if (schema.get("properties") instanceof Map<?, ?> properties) {
          sorted(properties)
              .forEach((property, of) -> {
                if (of instanceof Map<?, ?> member) {
                  value.put(property, schema(property, member));
                }
              });
        }
        yield value;
      }
      default -> anything();
    };
  }
}
