package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.cli.program.ExitCode;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForkTest {
  @TempDir private Path here;
  private Path rooms;

  @BeforeEach
  void make() {
    rooms = FastServer.rooms(here);
    run("start", "--id", "case-1", "--as", "ana", "A room").ok();
  }

  private Cli.Run run(String... args) {
    return Cli.in(rooms).run(args);
  }

  @Test
  void forkHasTheStorySoFarAndGoesOnAlone() {
    String before = run("journal", "case-1").out();

    Cli.Run fork = run("fork", "case-1", "--id", "what-if").ok();

    assertThat(fork.out())
        .contains("Forked as what-if (entry ")
        .contains("what-if is waiting in Choose.");
    assertThat(run("journal", "what-if", "--story").ok().out())
        .contains("Oak is free tomorrow")
        .containsPattern("fork +of case-1 at entry \\d+, by ");
    run("send", "what-if", "Yes, oak", "--as", "ana").ok();
    assertThat(run("show", "what-if").ok().out()).contains("rooms.book");
    assertThat(run("journal", "case-1").out()).isEqualTo(before);
    assertThat(run("verify-journal").ok().out()).endsWith("2 journals checked, all whole.\n");
    assertThat(run("replay").ok().out()).contains("2 the same");
  }

  @Test
  void whatCannotBeForkedSaysWhy() {
    Cli.Run middle = run("fork", "case-1", "--at", "2");
    assertThat(middle.code()).isEqualTo(ExitCode.FAILED);
    assertThat(middle.err()).contains("Rejected: case-1 does something at entry 2");
    assertThat(run("fork", "case-1", "--at", "99").err()).contains("no entry 99 of case-1");
    assertThat(run("fork", "case-1", "--at", "-3").err())
        .contains("no entry -3 of case-1, expected a number from 1");
    assertThat(run("fork", "case-9").err()).contains("no instance case-9");
    assertThat(run("fork", "case-1", "--id", "a b").err())
        .contains("found an id that is not usable");
    assertThat(run("fork", "case-1", "--as", "ana").err()).contains("Rejected");
    assertThat(run("list").out()).doesNotContain("case-1-");
  }
}
