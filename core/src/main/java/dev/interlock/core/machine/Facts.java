package dev.interlock.core.machine;

import dev.interlock.core.machine.Expression.Evaluation;
import java.util.AbstractMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields as they are read: those that are stored, and derived ones, each computed once when it
 * is first asked for. A derived field is absent while it cannot be computed. Not thread-safe.
 */
public final class Facts extends AbstractMap<String, Object> {
  private final Map<String, Field> fields;
  private final Map<String, Object> stored;
  private final Map<String, Evaluation> derived = new HashMap<>();
  private @Nullable Scope scope;

  /**
   * @param stored the values of those that are not derived
   */
  public Facts(Map<String, Field> fields, Map<String, Object> stored) {
    this.fields = fields;
    this.stored = stored;
  }

  /** Says what derived fields may read beside other fields. */
  public Scope in(Scope readable) {
    scope = readable;
    return readable;
  }

  @Override
  public @Nullable Object get(@Nullable Object name) {
    Object value = stored.get(name);
    return value == null && evaluated(name) instanceof Evaluation.Value(Object it) ? it : value;
  }

  /** Why a derived field has no value though all it reads is set; empty if that is not so. */
  public String failure(String name) {
    return evaluated(name) instanceof Evaluation.Failed(String why)
        ? "%s cannot be computed: %s".formatted(name, why)
        : "";
  }

  private @Nullable Evaluation evaluated(@Nullable Object name) {
    Scope readable = scope;
    Field field = name instanceof String ? fields.get(name) : null;
    if (readable == null
        || field == null
        || !(field.source() instanceof Source.Derived(Expression is))) {
      return null;
    }
    Evaluation known = derived.get(field.name());
    if (known == null) {
      known = fitted(field, is.evaluate(readable));
      derived.put(field.name(), known);
    }
    return known;
  }

  private static Evaluation fitted(Field field, Evaluation evaluation) {
    return !(evaluation instanceof Evaluation.Value(Object value))
        ? evaluation
        : switch (field.entryType().fit(value)) {
          case Type.Fit.Fits(Object kept) -> new Evaluation.Value(kept);
          case Type.Fit.Misfit(String why) -> new Evaluation.Failed(why);
        };
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return get(name) != null;
  }

  @Override
  public Set<Entry<String, Object>> entrySet() {
    Map<String, Object> all = new LinkedHashMap<>();
    for (String name : fields.keySet()) {
      Object value = get(name);
      if (value != null) {
        all.put(name, value);
      }
    }
    return all.entrySet();
  }
}
