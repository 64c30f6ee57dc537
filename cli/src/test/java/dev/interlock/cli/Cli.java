package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.cli.output.Output;
import dev.interlock.cli.program.Program;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Runs commands in this process, on buffers. */
record Cli(
    Path folder,
    boolean terminal,
    int width,
    Map<String, String> environment,
    Reader input,
    String word) {
  /** The longest that a command under test is waited for. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  static Cli in(Path folder) {
    return new Cli(
        folder, false, Output.DEFAULT_WIDTH, Map.of(), new StringReader(""), "interlock");
  }

  Cli onTerminal() {
    return new Cli(folder, true, width, environment, input, word);
  }

  /** Started by another word. */
  Cli as(String other) {
    return new Cli(folder, terminal, width, environment, input, other);
  }

  Cli wide(int columns) {
    return new Cli(folder, terminal, columns, environment, input, word);
  }

  /** With a variable in its environment. */
  Cli with(String name, String value) {
    return new Cli(folder, terminal, width, Map.of(name, value), input, word);
  }

  Cli typing(String text) {
    return new Cli(folder, terminal, width, environment, new StringReader(text), word);
  }

  /** What a command wrote, and how it ended. */
  record Run(int code, String out, String err) {
    Run ok() {
      assertThat(code).as(out + err).isZero();
      return this;
    }
  }

  Run run(String... args) {
    Output.Buffers buffers = Output.buffers(terminal, input, width);
    int code = CommandTree.run(program(buffers.output()), args);
    return new Run(code, buffers.out(), buffers.err());
  }

  private Program program(Output output) {
    return new Program(
        output, environment, folder, System.getProperty("user.name"), Clock.systemUTC(), word);
  }

  /** Runs a command beside the test, which types into it. */
  Running start(String... args) {
    try {
      PipedReader keys = new PipedReader(64 * 1_024);
      PipedWriter typist = new PipedWriter(keys);
      Heard out = new Heard();
      Heard err = new Heard();
      Program program = program(Output.writingTo(terminal, keys, out, err));
      CompletableFuture<Integer> code = new CompletableFuture<>();
      Thread thread =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try {
                  code.complete(CommandTree.run(program, args));
                } catch (RuntimeException | Error e) {
                  code.completeExceptionally(e);
                }
                out.flush(); // whoever waits for more waits in vain
                err.flush();
              });
      return new Running(thread, typist, out, err, code);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A command that runs beside the test. */
  record Running(
      Thread thread, PipedWriter typist, Heard out, Heard err, CompletableFuture<Integer> code)
      implements AutoCloseable {

    /** Types a line. */
    Running type(String line) {
      try {
        typist.write(line + "\n");
        typist.flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return this;
    }

    /** Ends the input, as Ctrl-D does. */
    Running endInput() {
      try {
        typist.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return this;
    }

    /** Waits until the output contains a text, behind what was seen before. */
    Running sees(String text) {
      out.await(text, () -> code.isDone(), () -> "stderr: " + err);
      return this;
    }

    /** As {@link #sees}, on stderr. */
    Running awaitErr(String text) {
      err.await(text, () -> code.isDone(), () -> "stdout: " + out);
      return this;
    }

    /** Waits until the command has ended by itself. */
    Run ended() {
      try {
        int exit = code.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return new Run(exit, out.toString(), err.toString());
      } catch (Exception e) {
        throw new AssertionError("it did not end; stdout: " + out + " stderr: " + err, e);
      }
    }

    /** Stops it as Ctrl-C would, and waits until it has let go of everything. */
    @Override
    public void close() {
      endInput();
      thread.interrupt();
      ended();
    }
  }

  /** Keeps what is written, and tells whoever waits for it. */
  static final class Heard extends StringWriter {
    private int seen;

    @Override
    public void flush() {
      synchronized (this) {
        notifyAll();
      }
    }

    void await(String text, BooleanSupplier ended, Supplier<String> more) {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      synchronized (this) {
        Predicate<String> there = all -> all.indexOf(text, seen) >= 0;
        while (!there.test(toString())) {
          long left = deadline - System.nanoTime();
          assertThat(left > 0 && !ended.getAsBoolean())
              .as("waits for \"%s\" in: %s %s", text, toString().substring(seen), more.get())
              .isTrue();
          try {
            TimeUnit.NANOSECONDS.timedWait(this, left);
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        }
        seen = toString().indexOf(text, seen) + text.length();
      }
    }
  }
}
