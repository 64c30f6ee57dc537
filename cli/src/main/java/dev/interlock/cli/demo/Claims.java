package dev.interlock.cli.demo;

import java.util.ArrayList;
import java.util.List;

/** What the story claims, each checked against what is there. */
final class Claims {
  private final List<Claim> claims = new ArrayList<>();

  /** A sentence, and whether it is true. */
  record Claim(String sentence, boolean holds) {}

  void claim(String sentence, boolean holds) {
    claims.add(new Claim(sentence, holds));
  }

  List<Claim> all() {
    return List.copyOf(claims);
  }

  boolean allHold() {
    return !claims.isEmpty() && claims.stream().allMatch(Claim::holds);
  }
}
