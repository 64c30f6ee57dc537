package dev.interlock.core.check;

import java.util.ArrayList;
import java.util.List;

/** What was found so far, of each code one at a place. */
final class Findings {
  /** What counts as not the model's choice, and is no more than that. */
  static final String SAID =
      " (`said(…)` and `source: user` prove only that the caller typed a value, not that it is"
          + " true)";

  private final List<Finding> all = new ArrayList<>();

  List<Finding> all() {
    return all;
  }

  /** One more, of a place of which the same was not told before. */
  void add(Finding finding) {
    if (all.stream().noneMatch(it -> it.code() == finding.code() && it.at().equals(finding.at()))) {
      all.add(finding);
    }
  }

  /** One more, whatever was told of its place: each is about another call. */
  void also(Finding finding) {
    all.add(finding);
  }
}
