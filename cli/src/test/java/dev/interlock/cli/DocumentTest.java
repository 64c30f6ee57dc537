package dev.interlock.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Attachment;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Documents from files, and back. */
class DocumentTest {
  private static final String PNG = "\u0089PNG\r\n\u001a\n";

  @TempDir private Path here;
  private Path rooms;
  private Path plan;

  @BeforeEach
  void make() throws Exception {
    Cli.in(here).run("new", "rooms").ok();
    rooms = here.resolve("rooms");
    Path machine = rooms.resolve("machine.yaml");
    Files.writeString(
        machine,
        Files.readString(machine)
            .replace(
                "context:\n",
                "context:\n  plans: {type: document, source: user, many: true, mediaTypes: image/png}\n")
            .replace("record: [room]", "record: [room, plans]"));
    plan = Files.write(here.resolve("my plan.png"), bytes(5_000_000, 1));
    Files.writeString(
        rooms.resolve("script.yaml"), "replies: [Thank you., Thank you., Thank you.]\n");
    Cli.in(rooms).run("start", "--id", "r1").ok();
  }

  /** Larger than a request without documents may be. */
  private static byte[] bytes(int size, int fill) {
    byte[] first = PNG.getBytes(ISO_8859_1);
    byte[] bytes = Arrays.copyOf(first, size);
    Arrays.fill(bytes, first.length, size, (byte) fill);
    return bytes;
  }

  private Cli.Run send(String attach) {
    return Cli.in(rooms).run("send", "r1", "--attach", attach);
  }

  private static String hash(byte[] bytes) {
    return Attachment.hash(bytes);
  }

  @Test
  void documentIsSentShownAndGivenBackByAnOwnerAndFromTheFile() throws Exception {
    Path other = Files.write(here.resolve("b.png"), bytes(9, 2));
    Cli.in(rooms)
        .run("send", "r1", "Look", "--attach", "plans=" + plan, "--attach", "plans=" + other)
        .ok();

    String hash = hash(Files.readAllBytes(plan));
    String shown = Cli.in(rooms).run("show", "r1").ok().out();
    assertThat(shown)
        .contains("[\"my plan.png (image/png, 5,000,000 bytes)\",\"b.png (image/png, 9 bytes)\"]")
        .contains("interlock document r1 " + hash + " > document");
    assertThat(Cli.in(rooms).run("journal", "r1", "--story").ok().out())
        .contains("plans", "my plan.png (image/png, 5,000,000 bytes)");
    String back = Cli.in(rooms).run("document", "r1", hash).ok().out();
    assertThat(back.getBytes(ISO_8859_1)).isEqualTo(Files.readAllBytes(plan));
    try (Cli.Running up = Cli.in(rooms).start("up")) {
      up.sees("Ctrl-C stops it.");
      String again = Cli.in(rooms).run("document", "r1", hash).ok().out();
      assertThat(again).isEqualTo(back);
      Path third = Files.write(here.resolve("c.png"), bytes(4_999_999, 3));
      send("plans=" + third).ok();
      assertThat(Cli.in(rooms).run("document", "r1", hash(bytes(4_999_999, 3))).ok().out())
          .hasSize(4_999_999);
    }
    Cli.in(rooms).run("verify-journal").ok();
  }

  @Test
  void documentAsJsonHasItsBytesAsBase64() throws Exception {
    Path small = Files.write(here.resolve("s.png"), bytes(20, 4));
    send("plans=" + small).ok();

    String json = Cli.in(rooms).run("document", "r1", hash(bytes(20, 4)), "--json").ok().out();

    assertThat(Json.parseObject(json))
        .containsEntry("name", "s.png")
        .containsEntry("mediaType", "image/png")
        .containsEntry("base64", Base64.getEncoder().encodeToString(bytes(20, 4)));
  }

  @Test
  void whatIsNotThereOrNotToBeSeenIsAnErrorWithItsReason() throws Exception {
    send("plans=" + plan).ok();
    String hash = hash(Files.readAllBytes(plan));

    Cli.Run unknown = Cli.in(rooms).run("document", "r1", "0".repeat(64));
    Cli.Run stranger = Cli.in(rooms).run("document", "r1", hash, "--as", "eve@example.com");
    Cli.Run terminal = Cli.in(rooms).onTerminal().run("document", "r1", hash);

    assertThat(unknown.code()).isEqualTo(1);
    assertThat(unknown.err()).contains("no document 000", "show r1");
    assertThat(stranger.code()).isEqualTo(1);
    assertThat(stranger.out()).isEmpty();
    assertThat(terminal.code()).isEqualTo(2);
    assertThat(terminal.out()).isEmpty();
    assertThat(terminal.err()).contains("that stdout is a terminal");
  }

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void whatIsNoDocumentIsNotSent() throws Exception {
    Path large = here.resolve("large.png");
    try (RandomAccessFile sparse = new RandomAccessFile(large.toFile(), "rw")) {
      sparse.setLength(1L << 30);
    }
    Path fifo = here.resolve("fifo.png");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    Path empty = Files.createFile(here.resolve("empty.png"));
    Path program = Files.writeString(here.resolve("program.png"), "#!/bin/sh\n");
    Path coloured = Files.write(here.resolve("a\u001b[2Jb.png"), bytes(9, 5));

    assertThat(send("plans").err()).contains("`--attach plans`", "FIELD=PATH");
    assertThat(send("plans=" + here.resolve("none.png")).err()).contains("is not there");
    assertThat(send("plans=" + here).err()).contains("is no regular file");
    assertThat(send("plans=" + fifo).err()).contains("is no regular file");
    assertThat(send("plans=" + large).err()).contains("1,073,741,824 bytes, at most 16,777,216");
    assertThat(send("plans=" + empty).err()).contains("of no media type that is known");
    assertThat(send("plans=" + program).err()).contains("of no media type that is known");
    assertThat(send("room=" + plan).err()).contains("the form of Choose has no room");
    Cli.Run escape = send("plans=" + coloured);
    assertThat(escape.err()).contains("found a file name that is no name").doesNotContain("\u001b");
    assertThat(Cli.in(rooms).run("show", "r1", "--json").ok().out()).contains("\"plans\":[]");
  }

  @Test
  void runTakesADocument() throws Exception {
    try (Cli.Running run = Cli.in(rooms).start("run", "--id", "r1")) {
      run.type("/attach plans").awaitErr("Type /attach FIELD PATH.");
      run.type("/attach plans " + here.resolve("none.png")).awaitErr("is not there");
      run.type("/attach plans " + plan).sees("my plan.png (image/png, 5,000,000 bytes)");
      run.type("/quit");
    }
  }
}
