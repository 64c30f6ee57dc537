package dev.interlock.bench.local;

import dev.interlock.bench.Figures;
import dev.interlock.bench.Folders;
import dev.interlock.bench.local.Crowd.Kind;
import dev.interlock.local.Purge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** What a file takes: of a step, of instances that have ended, and after these are purged. */
public final class Disk {
  private static final int TURNS = 20;
  private static final int INSTANCES = 200;
  private static final double MEGABYTE = 1 << 20;

  private final Path folder;
  private final Figures figures = new Figures();

  private Disk(Path folder) {
    this.folder = folder;
  }

  /**
   * Runs it.
   *
   * @param args how many instances have ended, 100,000
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    int ended = args.length == 0 ? 100_000 : Integer.parseInt(args[0]);
    Path folder = Folders.make();
    try {
      Disk disk = new Disk(folder);
      disk.steps();
      disk.ended(ended);
      disk.figures.end();
    } finally {
      Folders.delete(folder);
    }
  }

  private void steps() throws IOException, InterruptedException {
    Path file = folder.resolve("steps.db");
    int steps;
    try (Loop loop = new Loop(file, Loop.Kind.READ, TURNS)) {
      loop.play(loop.start(INSTANCES));
      steps = loop.steps() + 1; // the start
    }
    figures.put("bytes_step", Files.size(file) / (double) (INSTANCES * steps));
  }

  private void ended(int count) throws IOException {
    Path file = folder.resolve("ended.db");
    Instant begun = Instant.now();
    new Crowd(file, begun).close();
    long empty = Files.size(file);
    try (Crowd crowd = new Crowd(file, begun)) {
      crowd.add(count, number -> Kind.DONE);
    }
    long full = Files.size(file);
    figures.put("ended_instances", count);
    figures.put("ended_megabytes", (full - empty) / MEGABYTE);
    figures.put("ended_bytes_instance", (full - empty) / (double) count);
    long before = System.nanoTime();
    Instant all = begun.plusSeconds(count);
    Purge.Purged purged = Purge.endedBefore(file, all, new Purge.By("bench", all));
    figures.put("purge_seconds", (System.nanoTime() - before) / 1e9);
    figures.put("purged_instances", (double) purged.instances());
    figures.put("purged_left_kilobytes", (Files.size(file) - empty) / 1024.0);
  }
}
