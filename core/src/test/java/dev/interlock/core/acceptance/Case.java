package dev.interlock.core.acceptance;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One case as it is written in a file.
 *
 * @param file under the folder {@code acceptance}, without its ending
 * @param machine the name of its file
 * @param given what is accepted first, setups expanded; null if the instance is not yet started
 * @param when the one occurrence that the case is about
 * @param then what is expected, by key; see {@link Expectation}
 */
record Case(
    String file,
    String name,
    String machine,
    @Nullable List<Map<String, Object>> given,
    Map<String, Object> when,
    Map<String, Object> then) {

  @Override
  public String toString() {
    return file + ": " + name;
  }
}
