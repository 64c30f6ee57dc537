package dev.interlock.temporal;

import dev.interlock.testkit.ContractMachine;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.History;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.WorkflowExecutionHistory;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Histories of the contract's tests, as a build recorded them on a real server.
 *
 * @param machine the text of its file
 * @param lock the text of its lock
 * @param runs by the test's name and the instance's
 */
record Recorded(String machine, String lock, Map<String, WorkflowExecutionHistory> runs) {
  private static final String MACHINE = "machine.yaml";
  private static final String LOCK = "tools.lock";
  private static final String HISTORY = ".json";
  private static final int MAX_HISTORY = 1 << 20;

  /** What was recorded by this process: one run of each course is enough. */
  private static final Set<List<EventType>> KNOWN = new HashSet<>();

  static Recorded read(Path zip) throws IOException {
    Map<String, WorkflowExecutionHistory> runs = new TreeMap<>();
    try (FileSystem files = FileSystems.newFileSystem(zip);
        Stream<Path> all = Files.list(files.getPath("/"))) {
      for (Path file : all.toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(HISTORY)) {
          runs.put(name, WorkflowExecutionHistory.fromJson(Files.readString(file)));
        }
      }
      return new Recorded(
          Files.readString(files.getPath(MACHINE)), Files.readString(files.getPath(LOCK)), runs);
    }
  }

  static void add(Path zip, String name, History history) throws IOException {
    String json = new WorkflowExecutionHistory(history).toJson(false);
    boolean news =
        KNOWN.add(history.getEventsList().stream().map(HistoryEvent::getEventType).toList());
    if (!news || json.length() > MAX_HISTORY) {
      return;
    }
    try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("create", true))) {
      Files.writeString(files.getPath(MACHINE), ContractMachine.TEXT);
      Files.writeString(files.getPath(LOCK), ContractMachine.lock());
      Files.writeString(files.getPath(name + HISTORY), json);
    }
  }
}
