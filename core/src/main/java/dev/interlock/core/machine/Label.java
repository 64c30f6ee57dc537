package dev.interlock.core.machine;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a tool brings in or carries out, for rules that keep the two apart. */
public enum Label {
  /** Its results hold what is not for everybody. */
  PRIVATE("private"),
  /** Its results hold what anybody may have written. */
  UNTRUSTED("untrusted"),
  /** What it is called with leaves the house. */
  EXTERNAL("external");

  private final String word;

  Label(String word) {
    this.word = word;
  }

  public String word() {
    return word;
  }

  public static Optional<Label> of(String word) {
    return Arrays.stream(values()).filter(label -> label.word.equals(word)).findFirst();
  }

  /** All words, in their order. */
  public static List<String> words() {
    return Arrays.stream(values()).map(Label::word).toList();
  }
}
