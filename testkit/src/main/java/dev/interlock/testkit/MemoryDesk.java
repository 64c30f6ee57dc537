package dev.interlock.testkit;

import dev.interlock.core.desk.Desk;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A desk in memory: tickets {@code T-1}, {@code T-2}, … and notices. Thread-safe. */
public final class MemoryDesk implements Desk {
  private final Map<String, Ticket> tickets = new LinkedHashMap<>();
  private final Map<String, Notice> notices = new LinkedHashMap<>();
  private int failures;

  /** The next so many requests fail. */
  public synchronized MemoryDesk failing(int times) {
    failures = times;
    return this;
  }

  /** By key, in the order they were opened. */
  public synchronized List<Ticket> tickets() {
    return List.copyOf(tickets.values());
  }

  public synchronized List<Notice> notices() {
    return List.copyOf(notices.values());
  }

  @Override
  public synchronized String open(Ticket ticket) {
    failIfTold();
    tickets.putIfAbsent(ticket.key(), ticket);
    return "T-" + (new ArrayList<>(tickets.keySet()).indexOf(ticket.key()) + 1);
  }

  @Override
  public synchronized void notify(Notice notice) {
    failIfTold();
    notices.putIfAbsent(notice.key(), notice);
  }

  private void failIfTold() {
    if (failures > 0) {
      failures--;
      throw new DeskException(
          "the desk was told to fail, " + failures + " more to come", new IllegalStateException());
    }
  }
}
