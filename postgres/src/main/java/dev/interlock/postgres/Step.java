package dev.interlock.postgres;

import dev.interlock.core.journal.Store.StoreException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One statement of a commit, and what it means if it writes no row. */
final class Step {
  private final String sql;
  private final @Nullable Object[] values;
  private final @Nullable Refusal refusal;

  Step(String sql, @Nullable Object... values) {
    this(sql, values, null);
  }

  private Step(String sql, @Nullable Object[] values, @Nullable Refusal refusal) {
    this.sql = sql;
    this.values = values;
    this.refusal = refusal;
  }

  /** Why nothing was written. */
  interface Refusal {
    StoreException ask(Sql sql) throws SQLException;
  }

  /** The commit fails with that if no row is written. */
  Step orElse(Refusal why) {
    return new Step(sql, values, why);
  }

  /** Runs them in this order; neighbours with the same statement go to the server in one go. */
  static void run(Sql sql, List<Step> steps) throws SQLException {
    int from = 0;
    while (from < steps.size()) {
      int to = from + 1;
      while (to < steps.size() && steps.get(to).sql.equals(steps.get(from).sql)) {
        to++;
      }
      batch(sql, steps.subList(from, to));
      from = to;
    }
  }

  private static void batch(Sql sql, List<Step> same) throws SQLException {
    List<@Nullable Object[]> rows = new ArrayList<>();
    same.forEach(step -> rows.add(step.values));
    int[] written = sql.batch(same.getFirst().sql, rows);
    for (int i = 0; i < written.length; i++) {
      Refusal refusal = same.get(i).refusal;
      if (refusal != null && written[i] == 0) {
        throw refusal.ask(sql);
      }
    }
  }
}
