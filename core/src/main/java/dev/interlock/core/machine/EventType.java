package dev.interlock.core.machine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A declared event.
 *
 * @param by the roles that may send it, {@code caller} among them; operators always may
 * @param payload its type, or null if it carries none
 * @param keep whether it is kept until a state takes it
 */
public record EventType(String name, List<String> by, @Nullable Type payload, boolean keep) {
  public static final String CALLER = "caller";
}
