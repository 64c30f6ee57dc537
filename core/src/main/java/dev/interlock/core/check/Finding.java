package dev.interlock.core.check;

import java.util.ArrayList;
import java.util.List;

/**
 * Something that a check found.
 *
 * @param at the way to its place from the top of the machine's file: keys, and numbers of items
 * @param found what is there, a clause
 * @param expected what should be
 * @param mend how to mend it
 * @param trace how a run comes there, a step each; empty if no run does
 */
public record Finding(
    Code code, List<String> at, String found, String expected, String mend, List<String> trace) {
  /** A place further in, or a run that goes on. */
  static List<String> then(List<String> at, String... keys) {
    List<String> further = new ArrayList<>(at);
    further.addAll(List.of(keys));
    return List.copyOf(further);
  }
}
