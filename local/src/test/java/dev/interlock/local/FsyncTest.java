package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Shows that {@code synchronous=FULL} is real: a small library, loaded before all others, counts
 * the calls of {@code fsync} and {@code fdatasync} of a process that commits. Beside it a file with
 * {@code synchronous=NORMAL}, to show that the count tells the two apart.
 */
class FsyncTest {
  private static final int COMMITS = 20;

  private static final String COUNTER =
      """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <fcntl.h>
      #include <stdlib.h>
      #include <sys/mman.h>
      #include <unistd.h>

      static long nothing;
      static long *count = &nothing;

      __attribute__((constructor)) static void begin(void) {
        int fd = open(getenv("SYNC_COUNT"), O_RDWR);
        void *shared = mmap(0, sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (shared != MAP_FAILED) count = shared;
      }

      int fsync(int fd) {
        int (*real)(int) = (int (*)(int)) dlsym(RTLD_NEXT, "fsync");
        __sync_fetch_and_add(count, 1);
        return real(fd);
      }

      int fdatasync(int fd) {
        int (*real)(int) = (int (*)(int)) dlsym(RTLD_NEXT, "fdatasync");
        __sync_fetch_and_add(count, 1);
        return real(fd);
      }
      """;

  @TempDir Path folder;

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void eachCommitReachesTheDisk() throws Exception {
    Path library = Preloaded.build(folder, "count", COUNTER);
    Path counter = Files.write(folder.resolve("count"), new byte[Long.BYTES]);
    ProcessBuilder builder =
        new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-XX:TieredStopAtLevel=1",
            "-Dorg.sqlite.tmpdir=" + folder,
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            FsyncChild.class.getName(),
            folder.toString(),
            counter.toString());
    builder.environment().put("LD_PRELOAD", library.toString());
    builder.environment().put("SYNC_COUNT", counter.toString());
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();

    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isZero();
    Map<String, Long> counts =
        said.lines()
            .map(line -> line.split(" ", 2))
            .collect(Collectors.toMap(line -> line[0], line -> Long.parseLong(line[1])));
    System.out.printf(
        "fsyncs of %d commits: %d with FULL, %d with NORMAL%n",
        COMMITS, counts.get("store"), counts.get("lazy"));
    assertThat(counts.get("store")).isGreaterThanOrEqualTo(COMMITS);
    assertThat(counts.get("lazy")).isLessThan(COMMITS / 2);
  }
}
