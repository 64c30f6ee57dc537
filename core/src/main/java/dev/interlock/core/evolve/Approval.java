package dev.interlock.core.evolve;

import dev.interlock.core.machine.Quorum;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The open question of an approval state.
 *
 * @param number drawn from the same numbers as calls
 * @param shown the fields shown, those that were set
 * @param hash of what is shown: what an answer must carry
 * @param quorum how many must give the same answer
 * @param given the newest answer of each person, oldest first, while there are not enough
 */
public record Approval(
    int number,
    String role,
    Map<String, Object> shown,
    String hash,
    Quorum quorum,
    List<Given> given) {

  /** Of one person, as it was before {@code people}, where a snapshot does not say. */
  public Approval {
    quorum = Objects.requireNonNullElse(quorum, Quorum.ONE);
    given = Objects.requireNonNullElse(given, List.of());
  }

  /** What one person has answered. */
  public record Given(String by, String answer, Map<String, Object> form) {
    boolean alike(String word, Map<String, Object> values) {
      return answer.equals(word) && form.equals(values);
    }
  }

  Approval with(Given answer) {
    List<Given> next = new ArrayList<>(given);
    next.removeIf(before -> before.by().equals(answer.by()));
    next.add(answer);
    return new Approval(number, role, shown, hash, quorum, List.copyOf(next));
  }

  /** Whether somebody has given just this answer. */
  public boolean gave(String by, String answer, Map<String, Object> form) {
    return given.stream().anyMatch(one -> one.by().equals(by) && one.alike(answer, form));
  }

  /** How many persons have given just this answer. */
  public long alike(String answer, Map<String, Object> form) {
    return given.stream().filter(one -> one.alike(answer, form)).count();
  }
}
