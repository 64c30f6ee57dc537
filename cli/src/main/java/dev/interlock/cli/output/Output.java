package dev.interlock.cli.output;

import dev.interlock.core.json.Json;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one object that owns what is read and written: stdin, stdout, stderr, whether they are a
 * terminal, colour and width. Commands write nowhere else. Thread-safe where a {@link PrintWriter}
 * is.
 *
 * <p>Nobody but this class asks whether there is a terminal, so that a test can say so.
 */
public final class Output {
  /** The width of what is not a terminal, or does not say. */
  public static final int DEFAULT_WIDTH = 100;

  /** Narrower than this nothing is laid out: a terminal that claims less gets this. */
  public static final int MIN_WIDTH = 40;

  private final BufferedReader in;
  private final PrintWriter out;
  private final Consumer<byte[]> raw;
  private final PrintWriter err;
  private final Set<Stream> terminals;
  private final boolean colourWanted;
  private final int width;
  private boolean colourForbidden;
  private boolean json;

  /** The three streams of a process. */
  public enum Stream {
    IN,
    OUT,
    ERR
  }

  private Output(
      BufferedReader in,
      PrintWriter out,
      Consumer<byte[]> raw,
      PrintWriter err,
      Set<Stream> terminals,
      boolean colourWanted,
      int width) {
    this.in = in;
    this.out = out;
    this.raw = raw;
    this.err = err;
    this.terminals = Set.copyOf(terminals);
    this.colourWanted = colourWanted;
    this.width = Math.max(MIN_WIDTH, width);
  }

  /**
   * The process's own streams.
   *
   * @param terminals which of them are a terminal
   * @param environment {@code NO_COLOR} and {@code TERM} forbid colour, {@code COLUMNS} is the
   *     width
   */
  public static Output ofProcess(
      Set<Stream> terminals, @Nullable Integer columns, Map<String, String> environment) {
    boolean colour =
        environment.getOrDefault("NO_COLOR", "").isEmpty()
            && !environment.getOrDefault("TERM", "").equals("dumb");
    int wide = columns != null ? columns : columns(environment.getOrDefault("COLUMNS", ""));
    return new Output(
        new BufferedReader(new InputStreamReader(System.in, inputCharset())),
        writer(System.out),
        System.out::writeBytes,
        writer(System.err),
        terminals,
        colour,
        wide);
  }

  /** A double that reads from a text and keeps what is written. */
  public static Buffers buffers(boolean terminal, String input) {
    return buffers(terminal, new StringReader(input));
  }

  /** A double that reads from a reader and keeps what is written. */
  public static Buffers buffers(boolean terminal, Reader input) {
    return buffers(terminal, input, DEFAULT_WIDTH);
  }

  /** As the other one, so many columns wide. */
  public static Buffers buffers(boolean terminal, Reader input, int width) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    return new Buffers(writingTo(terminal, input, out, err, width), out, err);
  }

  /** A double that writes elsewhere. */
  public static Output writingTo(boolean terminal, Reader input, Writer out, Writer err) {
    return writingTo(terminal, input, out, err, DEFAULT_WIDTH);
  }

  private static Output writingTo(
      boolean terminal, Reader input, Writer out, Writer err, int width) {
    PrintWriter text = new PrintWriter(out);
    return new Output(
        new BufferedReader(input),
        text,
        bytes -> text.print(new String(bytes, StandardCharsets.ISO_8859_1)),
        new PrintWriter(err),
        terminal ? Set.of(Stream.values()) : Set.of(),
        terminal,
        width);
  }

  /** What was written to a double. */
  public record Buffers(Output output, StringWriter outBuffer, StringWriter errBuffer) {
    /** What went to stdout so far. */
    public String out() {
      output.out().flush();
      return outBuffer.toString();
    }

    /** What went to stderr so far. */
    public String err() {
      output.err().flush();
      return errBuffer.toString();
    }
  }

  private static int columns(String text) {
    return text.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(text) : DEFAULT_WIDTH;
  }

  private static Charset inputCharset() {
    String name = System.getProperty("stdin.encoding", System.getProperty("native.encoding"));
    Charset told = name != null && Charset.isSupported(name) ? Charset.forName(name) : null;
    // Without a locale Java says ASCII, of which UTF-8 is the more that is piped in.
    return told == null || told.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : told;
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, stream.charset());
  }

  /** What somebody types, or what is piped in. */
  public BufferedReader in() {
    return in;
  }

  /** For results. */
  public PrintWriter out() {
    return out;
  }

  /** For progress, warnings and errors. */
  public PrintWriter err() {
    return err;
  }

  /** Whether a stream is a terminal. */
  public boolean terminal(Stream stream) {
    return terminals.contains(stream);
  }

  /** Columns to lay text out in. */
  public int width() {
    return width;
  }

  /** From now on nothing is coloured: {@code --no-color}. */
  public void forbidColour() {
    colourForbidden = true;
  }

  /** From now on results are JSON: {@code --json}. */
  public void wantJson() {
    json = true;
  }

  /** Whether results are JSON: one value a line on stdout. */
  public boolean json() {
    return json;
  }

  /** Paints a text for stdout: unchanged where colour is not wanted. */
  public String paint(Colour colour, String text) {
    return paint(Stream.OUT, colour, text);
  }

  /** Paints a text for a stream: unchanged where colour is not wanted. */
  public String paint(Stream stream, Colour colour, String text) {
    boolean painted = colourWanted && !colourForbidden && terminal(stream) && !text.isEmpty();
    return painted ? colour.code() + text + "\033[0m" : text;
  }

  /** A line to stdout. */
  public void line(String text) {
    out.println(text);
    out.flush();
  }

  /** Bytes to stdout, as they are; a double keeps each as one character. */
  public void bytes(byte[] bytes) {
    out.flush();
    raw.accept(bytes);
    out.flush();
  }

  /** A line to stderr. */
  public void note(String text) {
    err.println(text);
    err.flush();
  }

  /** A last line to stderr: on a terminal it stands below the {@code ^C} that was typed. */
  public void farewell(String text) {
    note((terminal(Stream.ERR) ? System.lineSeparator() : "") + text);
  }

  /** A JSON value on one line of stdout. */
  public void value(Object value) {
    line(Json.write(Objects.requireNonNull(value)));
  }

  /** Shows that something takes long; on stderr, and only on a terminal. */
  public Progress progress() {
    return new Progress(this);
  }
}
