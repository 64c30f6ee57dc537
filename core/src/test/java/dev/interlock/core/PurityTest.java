package dev.interlock.core;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.File;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Holds the promise of {@code core}: no I/O, clock, randomness, threads, environment or logging.
 */
class PurityTest {
  private static final String[] PACKAGES = {
    "dev.interlock.core..",
    "java.lang",
    "java.lang.annotation..",
    "java.lang.invoke..", // lambdas and text concatenation
    "java.lang.reflect", // the components of records, for the journal
    "java.lang.runtime..", // records and switches
    "java.io", // only WITHOUT_RESOURCES
    "java.math..",
    "java.nio", // buffers
    "java.nio.charset..",
    "java.security", // digests
    "java.text..",
    "java.time..",
    "java.util..",
    "javax.crypto..", // HMAC
    "com.github.curiousoddman.rgxgen..",
    "com.google.common..",
    "com.google.protobuf..",
    "com.google.re2j..",
    "com.networknt..",
    "dev.cel..",
    "org.jspecify..",
    "org.snakeyaml.engine..",
    "tools.jackson..",
    "com.fasterxml.jackson.annotation..", // Jackson 3 keeps the annotations of 2
  };

  /** What {@code java.io} has that touches nothing outside. */
  private static final Set<String> WITHOUT_RESOURCES =
      Set.of(
          "java.io.ByteArrayInputStream",
          "java.io.ByteArrayOutputStream",
          "java.io.IOException",
          "java.io.InputStream",
          "java.io.ObjectStreamException",
          "java.io.OutputStream",
          "java.io.Reader",
          "java.io.Serializable",
          "java.io.StringReader",
          "java.io.StringWriter",
          "java.io.UncheckedIOException",
          "java.io.Writer");

  private static final Set<String> FORBIDDEN_TYPES =
      Set.of(
          "java.lang.InheritableThreadLocal",
          "java.lang.Process",
          "java.lang.ProcessBuilder",
          "java.lang.ProcessHandle",
          "java.lang.Runtime",
          "java.lang.Thread",
          "java.lang.ThreadGroup",
          "java.lang.ThreadLocal",
          "java.security.SecureRandom",
          "java.util.Random",
          "java.util.SplittableRandom",
          "java.util.Timer",
          "java.util.concurrent.CompletableFuture",
          "java.util.concurrent.ThreadLocalRandom");

  /** All that {@link System} may be used for: the rest is clock, environment or console. */
  private static final Set<String> PURE_SYSTEM =
      Set.of("arraycopy", "identityHashCode", "lineSeparator");

  static final ArchRule KNOWN_PACKAGES =
      noClasses()
          .should()
          .dependOnClassesThat(
              describe(
                  "lie outside the packages that core may use",
                  type ->
                      !type.isPrimitive()
                          && !type.isArray()
                          && !resideInAnyPackage(PACKAGES).test(type)));

  static final ArchRule NO_RESOURCES =
      noClasses()
          .should()
          .dependOnClassesThat(
              describe(
                  "read, write, wait, log or draw at random",
                  type -> !type.isArray() && isResource(type)));

  static final ArchRule NO_AMBIENT_CALLS =
      noClasses()
          .should()
          .accessTargetWhere(
              describe(
                  "asks a clock, the environment, the console or chance", PurityTest::ambient));

  private static final JavaClasses CORE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.interlock.core");

  private static boolean isResource(JavaClass type) {
    String name = type.getName();
    String inPackage = type.getPackageName();
    if (inPackage.equals("java.io")) {
      return !WITHOUT_RESOURCES.contains(name);
    }
    return FORBIDDEN_TYPES.contains(name)
        || name.startsWith("java.lang.System$Logger")
        || inPackage.matches("java\\.util\\.(jar|logging|prefs|random|zip)")
        || type.isAssignableTo("java.util.concurrent.Executor");
  }

  private static boolean ambient(JavaAccess<?> access) {
    AccessTarget target = access.getTarget();
    String owner = target.getOwner().getName();
    String name = target.getName();
    boolean withoutArguments =
        !(target instanceof AccessTarget.CodeUnitAccessTarget code)
            || code.getRawParameterTypes().isEmpty();
    return switch (owner) {
      case "java.lang.System" -> !PURE_SYSTEM.contains(name);
      case "java.lang.Math", "java.lang.StrictMath" -> name.equals("random");
      case "java.util.UUID" -> name.equals("randomUUID");
      case "java.util.Collections" -> name.equals("shuffle");
      case "java.util.Locale" -> name.equals("getDefault");
      case "java.util.TimeZone", "java.nio.charset.Charset" -> name.startsWith("default");
      case "java.time.ZoneId" -> name.equals("systemDefault");
      case "java.time.Clock" -> name.startsWith("system") || name.startsWith("tick");
      default -> {
        boolean asksTheClock =
            owner.startsWith("java.time.") && name.equals("now") && withoutArguments;
        boolean printsToTheConsole = name.equals("printStackTrace");
        boolean goesParallel = name.equals("parallelStream") || name.equals("parallel");
        yield asksTheClock || printsToTheConsole || goesParallel;
      }
    };
  }

  @Test
  void coreUsesKnownPackagesOnly() {
    KNOWN_PACKAGES.allowEmptyShould(false).check(CORE);
  }

  @Test
  void coreHoldsNoResource() {
    NO_RESOURCES.allowEmptyShould(false).check(CORE);
  }

  @Test
  void coreAsksNobody() {
    NO_AMBIENT_CALLS.allowEmptyShould(false).check(CORE);
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        Impure.ReadsFile.class,
        Impure.OpensFile.class,
        Impure.AsksClock.class,
        Impure.MakesClock.class,
        Impure.ReadsEnvironment.class,
        Impure.DrawsAtRandom.class,
        Impure.MakesUuid.class,
        Impure.StartsThread.class,
        Impure.Logs.class,
        Impure.Prints.class
      })
  void impureClassIsFound(Class<?> impure) {
    JavaClasses classes = new ClassFileImporter().importClasses(impure);

    boolean found =
        List.of(KNOWN_PACKAGES, NO_RESOURCES, NO_AMBIENT_CALLS).stream()
            .anyMatch(rule -> rule.evaluate(classes).hasViolation());

    assertThat(found).isTrue();
  }

  @Test
  void pureClassIsLeftAlone() {
    JavaClasses classes = new ClassFileImporter().importClasses(Pure.class);

    for (ArchRule rule : List.of(KNOWN_PACKAGES, NO_RESOURCES, NO_AMBIENT_CALLS)) {
      rule.check(classes);
    }
  }

  /** Uses what core may use: text, numbers, arrays, times that it was given. */
  static final class Pure {
    private final BigDecimal[] amounts = {BigDecimal.ONE};
    private final int[] counts = {1};

    BigDecimal total(Instant from, Instant to) {
      BigDecimal total = BigDecimal.valueOf(counts.length + Duration.between(from, to).toDays());
      for (BigDecimal amount : amounts) {
        total = total.add(amount);
      }
      return total;
    }
  }

  /** One way each to break the promise. */
  static final class Impure {
    private Impure() {}

    static final class ReadsFile {
      String text() throws IOException {
        return Files.readString(Path.of("machine.yaml"));
      }
    }

    static final class OpensFile {
      boolean there() {
        return new File("machine.yaml").exists();
      }
    }

    static final class AsksClock {
      Instant now() {
        return Instant.now();
      }
    }

    static final class MakesClock {
      Clock clock() {
        return Clock.systemUTC();
      }
    }

    static final class ReadsEnvironment {
      boolean set() {
        return System.getenv().containsKey("INTERLOCK");
      }
    }

    static final class DrawsAtRandom {
      int draw() {
        return new Random(1).nextInt();
      }
    }

    static final class MakesUuid {
      UUID id() {
        return UUID.randomUUID();
      }
    }

    static final class StartsThread {
      void start(Runnable work) {
        Thread.ofVirtual().start(work);
      }
    }

    static final class Logs {
      void log() {
        Logger.getLogger("core").info("no");
      }
    }

    static final class Prints {
      void print() {
        System.out.println("no");
      }
    }
  }
}
