package dev.interlock.build;

import dev.interlock.langchain4j.JavaValues;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Keys of one place in a machine, in the order they are said. Each is said once. Where the format
 * takes one word or a list, one word is given as such and a list as a list: they are not the same
 * machine.
 *
 * @param <K> itself
 */
abstract class Keys<K extends Keys<K>> {
  final Map<String, Object> said = new LinkedHashMap<>();

  abstract K self();

  final K put(String key, Object value) {
    if (said.putIfAbsent(key, value) != null) {
      throw new IllegalArgumentException("found `%s` said twice, expected once".formatted(key));
    }
    return self();
  }

  /** One word as a word, several as a list. */
  final K words(String key, String... words) {
    return put(key, words.length == 1 ? words[0] : (Object) Arrays.asList(words.clone()));
  }

  final K java(String key, Object value) {
    return put(key, JavaValues.json(value));
  }

  /** One more of what the author names: tools, states, arguments. */
  final K named(String key, String name, Object value) {
    if (members(key).putIfAbsent(name, value) != null) {
      throw new IllegalArgumentException(
          "found `%s` twice in `%s`, expected once".formatted(name, key));
    }
    return self();
  }

  @SuppressWarnings("unchecked") // only this puts a map there
  final Map<String, Object> members(String key) {
    return (Map<String, Object>)
        said.computeIfAbsent(key, k -> new LinkedHashMap<String, Object>());
  }

  /** One more of a list. */
  @SuppressWarnings("unchecked") // only this puts a list there
  final K item(String key, Object value) {
    ((List<Object>) said.computeIfAbsent(key, k -> new java.util.ArrayList<Object>())).add(value);
    return self();
  }

  static <M extends Keys<M>> Map<String, Object> of(M keys, Consumer<? super M> says) {
    says.accept(keys);
    return keys.said;
  }
}
