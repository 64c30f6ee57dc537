package dev.interlock.core.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.interlock.core.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code schema/machine.schema.json}, which editors use, refuses a file if and only if the loader
 * finds an error of shape in it. Names that nobody declared, expressions and what stands together
 * are errors of meaning: only the loader knows them.
 */
@Timeout(300)
class MachineSchemaTest {
  private static final Path FOLDER = Path.of("src/test/resources/machines");
  private static final Path SCHEMA = Path.of("..", "schema", "machine.schema.json");
  private static final Pattern MACHINE = Pattern.compile("(?s)```yaml\\n(machine:.*?)```");

  /** The codes of errors of shape. */
  private static final Set<DiagnosticCode> SHAPE =
      Set.of(
          LoadCode.UNKNOWN_KEY,
          LoadCode.MISSING_KEY,
          LoadCode.TYPE,
          LoadCode.UNKNOWN_WORD,
          LoadCode.RANGE,
          LoadCode.DURATION,
          LoadCode.NOT_YET);

  private static final Schema JUDGE =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(read(SCHEMA), InputFormat.JSON);

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<String> fixtures() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".yaml"))
          .sorted()
          .toList()
          .stream();
    }
  }

  /** Files that are no YAML of ours have no shape. */
  @ParameterizedTest
  @MethodSource("fixtures")
  void schemaAndLoaderAgreeOnEveryFixture(String name) {
    Yaml.Parsed parsed = Yaml.read(name, read(FOLDER.resolve(name)));
    if (parsed.root() == null || !parsed.problems().isEmpty()) {
      return;
    }
    assertThat(disagreement(Objects.requireNonNull(parsed.root()).value())).isEmpty();
  }

  static List<String> whole() throws IOException {
    List<String> whole = new ArrayList<>();
    whole.add(read(FOLDER.resolve("everything.yaml")));
    whole.add(read(FOLDER.resolve("it-access.yaml")));
    MACHINE
        .matcher(read(Path.of("..", "docs", "MACHINE.md")))
        .results()
        .map((MatchResult found) -> found.group(1))
        .forEach(whole::add);
    return whole;
  }

  /**
   * Of the broken machines every so many is tried; {@code -Dinterlock.schema.every=1} tries all.
   */
  private static final int EVERY = Integer.getInteger("interlock.schema.every", 11);

  /**
   * Each key taken out, one added to each mapping, and each value replaced by one of other types.
   */
  @Test
  void schemaAndLoaderAgreeOnEveryWholeMachineThatIsBrokenAtOnePlace() throws IOException {
    List<String> disagreements = new ArrayList<>();
    int refused = 0;
    for (String text : whole()) {
      Object machine = Objects.requireNonNull(Yaml.read("m.yaml", text).root()).value();
      assertThat(disagreement(machine)).isEmpty();
      List<Object> broken = new ArrayList<>();
      breakIn(machine, broken::add);
      for (int i = 0; i < broken.size(); i += EVERY) {
        Object each = broken.get(i);
        refused += refuses(each).isEmpty() ? 0 : 1;
        String disagreement = disagreement(each);
        if (!disagreement.isEmpty() && disagreements.size() < 20) {
          disagreements.add(disagreement);
        }
      }
    }

    assertThat(disagreements).isEmpty();
    assertThat(refused).isGreaterThan(2_000 / EVERY);
  }

  /** Found by the test above: it was read as if there were no probe. */
  @Test
  void conditionOfAProbeMustBeAnExpression() throws IOException {
    Object machine =
        Objects.requireNonNull(
                Yaml.read(
                        "m.yaml", whole().getFirst().replaceFirst("happened: .*", "happened: [1]"))
                    .root())
            .value();

    assertThat(refuses(machine)).isNotEmpty();
    assertThat(disagreement(machine)).isEmpty();
  }

  private static void breakIn(Object value, Consumer<Object> broken) {
    switch (value) {
      case Map<?, ?> map -> {
        Map<String, Object> members = Json.object(map);
        broken.accept(with(members, "zzz", true));
        members.forEach((key, member) -> {
          Map<String, Object> without = new LinkedHashMap<>(members);
          without.remove(key);
          broken.accept(without);
          breakIn(member, other -> broken.accept(with(members, key, other)));
        });
        others(value).forEach(broken);
      }
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          int at = i;
          breakIn(
              Objects.requireNonNull(list.get(i)),
              other -> {
                List<Object> items = new ArrayList<>(list);
                items.set(at, other);
                broken.accept(items);
              });
        }
        others(value).forEach(broken);
      }
      default -> others(value).forEach(broken);
    }
  }

  private static Stream<Object> others(Object value) {
    return Stream.<Object>of("perhaps", 5L, true, List.of(List.of()), Map.of("q", 1L))
        .filter(other -> !other.getClass().equals(value.getClass()));
  }

  private static Map<String, Object> with(Map<String, Object> members, String key, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(members);
    more.put(key, value);
    return more;
  }

  private static List<?> refuses(Object machine) {
    return JUDGE.validate(Json.write(machine), InputFormat.JSON);
  }

  /** What one says and the other does not; empty if they agree. JSON is YAML, so both read it. */
  private static String disagreement(Object machine) {
    String text = Json.write(machine);
    List<Diagnostic> found = MachineLoader.load("m.yaml", text, Locks.IT).diagnostics();
    List<Diagnostic> shape = found.stream().filter(d -> SHAPE.contains(d.code())).toList();
    List<?> errors = refuses(machine);
    return errors.isEmpty() == shape.isEmpty()
        ? ""
        : "schema: %s%nloader: %s%nof %s"
            .formatted(
                errors.stream().limit(3).toList(),
                found.stream().limit(5).map(Diagnostic::toString).toList(),
                text);
  }

  /** A key that the loader takes and the schema does not know would be refused by editors only. */
  @Test
  void everyKeyOfTheReferenceIsInTheSchema() {
    Pattern row = Pattern.compile("(?m)^\\| ((?:`[A-Za-z]+`(?:, )?)+) \\|");
    String reference = read(Path.of("..", "docs", "MACHINE.md"));
    String schema = read(SCHEMA);
    Set<String> missing =
        row.matcher(reference.substring(0, reference.indexOf("## `interlock.yaml`")))
            .results()
            .flatMap(found -> Pattern.compile("`([A-Za-z]+)`").matcher(found.group(1)).results())
            .map(word -> word.group(1))
            .filter(word -> !schema.contains("\"" + word + "\""))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(missing).isEmpty();
  }
}
