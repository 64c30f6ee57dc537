package dev.interlock.spring;

import dev.interlock.InterlockBuilder;

/**
 * A bean that says to the builder what no property says. All of them are asked, in order, after the
 * properties and before the engine is opened.
 */
@FunctionalInterface
public interface InterlockCustomizer {
  /** Says it. */
  void customize(InterlockBuilder builder);
}
