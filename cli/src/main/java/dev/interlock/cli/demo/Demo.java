package dev.interlock.cli.demo;

import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The demonstration itself. */
public final class Demo {
  private static final String KEY = "ANTHROPIC_API_KEY";

  /** Which model answers live, unless {@code INTERLOCK_DEMO_MODEL} names another one. */
  private static final String LIVE_MODEL = "claude-sonnet-4-5";

  private static final String EXAMPLE = "examples/it-access";

  private Demo() {}

  /**
   * Tells the story on the program's output.
   *
   * @param live whether a real model is asked
   * @param temporal whether a Temporal server carries the cases
   * @return an exit code: 0 only if everything that the story claims was true
   */
  public static int run(Program program, boolean live, boolean temporal)
      throws InterruptedException {
    return run(program, live, temporal, example());
  }

  static int run(Program program, boolean live, boolean temporal, Path example)
      throws InterruptedException {
    String model = live ? liveModel(program) : "{scripted: script.yaml}";
    Stage stage = Stage.build(example, model, temporal);
    Door door = temporal ? Door.ofServer(program) : Door.ofSocket();
    return new Story(program, stage, door, live).tell();
  }

  private static String liveModel(Program program) {
    if (program.environment().getOrDefault(KEY, "").isBlank()) {
      throw Failure.of(
          "no " + KEY + " in the environment",
          "a key of Anthropic's API, for a model that answers live",
          "%s=… %s demo --live, or %2$s demo, which needs no key".formatted(KEY, program.word()));
    }
    String model = program.environment().getOrDefault("INTERLOCK_DEMO_MODEL", LIVE_MODEL);
    return "{anthropic: '%s', key: '${%s}', maxTokens: 2048}".formatted(model, KEY);
  }

  /**
   * The example beside the program: in the distribution, or in the checkout that it was built in.
   */
  private static Path example() {
    try {
      Path code = Path.of(Demo.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      for (Path above = code.getParent(); above != null; above = above.getParent()) {
        if (Files.isRegularFile(above.resolve(EXAMPLE + File.separator + "machine.yaml"))) {
          return above.resolve(EXAMPLE);
        }
      }
      throw Failure.of(
          "no " + EXAMPLE + " above " + code,
          "a distribution of Interlock with its examples",
          "run ./interlock demo in a checkout");
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
