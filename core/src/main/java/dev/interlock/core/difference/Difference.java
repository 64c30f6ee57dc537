package dev.interlock.core.difference;

import dev.interlock.core.machine.Machine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What another version of a machine allows and refuses that the one before did not, in words.
 * Compared is what is declared, state by state and call by call: whether a run comes there is
 * {@link MachineCheck}'s.
 *
 * @param changes what is newly allowed first, then in the order of the machine
 */
public record Difference(List<Change> changes) {
  /** What is not of one state. */
  public static final String EVERYWHERE = "everywhere";

  /** What a change means for what the model, the user and tools may do. */
  public enum Kind {
    /** Something may happen that might not. */
    ALLOWED("Newly allowed"),
    /** A condition is another: it may allow more, or less. */
    OTHERWISE("Judged otherwise, which may allow more"),
    /** Something may not happen any more, or people are asked first. */
    REFUSED("Newly refused, or asked first"),
    /** Nothing that is judged. */
    BESIDE("Beside that");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** A title for people. */
    public String words() {
      return words;
    }
  }

  /**
   * One change.
   *
   * @param where the state, several of which the same is said, or {@link #EVERYWHERE}
   * @param what a clause
   */
  public record Change(Kind kind, String where, String what) {}

  /** What {@code now} changes against {@code old}. */
  public static Difference of(Machine old, Machine now) {
    Changes changes = new Changes();
    new MachineChanges(old, now, changes).compare();
    new StateChanges(old, now, changes).compare();
    List<Change> found = changes.merged();
    if (found.isEmpty() && !old.identity().equals(now.identity())) {
      found =
          List.of(new Change(Kind.BESIDE, EVERYWHERE, "only words and the order of parts differ"));
    }
    return new Difference(found);
  }

  /** Those of a kind. */
  public List<Change> of(Kind kind) {
    return changes.stream().filter(change -> change.kind() == kind).toList();
  }

  /** Changes as they are found. */
  static final class Changes {
    private final List<Change> found = new ArrayList<>();

    void add(Kind kind, String where, String what) {
      found.add(new Change(kind, where, what));
    }

    /** Adds one if two parts are not the same. */
    void differs(Kind kind, String where, @Nullable Object old, @Nullable Object now, String what) {
      if (!Objects.equals(old, now)) {
        add(kind, where, what);
      }
    }

    /** By kind; what is the same in several states is said once. */
    List<Change> merged() {
      Map<Change, List<String>> places = new LinkedHashMap<>();
      for (Change change : found) {
        List<String> where =
            places.computeIfAbsent(
                new Change(change.kind(), "", change.what()), key -> new ArrayList<>());
        if (!where.contains(change.where())) {
          where.add(change.where());
        }
      }
      List<Change> merged = new ArrayList<>();
      for (Kind kind : Kind.values()) {
        places.forEach((change, where) -> {
          if (change.kind() == kind) {
            merged.add(new Change(kind, String.join(", ", where), change.what()));
          }
        });
      }
      return List.copyOf(merged);
    }
  }
}
