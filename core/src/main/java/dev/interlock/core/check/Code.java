package dev.interlock.core.check;

import dev.interlock.core.load.DiagnosticCode;

/** What a check looks for. A code keeps its meaning for good; docs/VERIFY.md has each. */
public enum Code implements DiagnosticCode {
  UNREACHABLE("IL001", Severity.WARNING, "no run comes to a state"),
  NO_WAY_OUT("IL002", Severity.ERROR, "a state is left by nothing but a spent budget"),
  NO_END("IL003", Severity.ERROR, "from a state no end is reached"),
  NEVER_MET("IL004", Severity.ERROR, "a way requires what is never all there when it is its turn"),
  NEVER_TRUE("IL005", Severity.ERROR, "a guard or a `when` is never true"),
  ALWAYS_TRUE("IL006", Severity.WARNING, "a guard or a `when` is always true"),
  SHADOWED("IL007", Severity.WARNING, "a way is never looked at: one above it is always taken"),
  NO_CASE(
      "IL008",
      Severity.WARNING,
      "all that the ways out require is there, and none of them is open"),
  ALLOWED_NOWHERE("IL009", Severity.WARNING, "no state allows a tool"),
  ALWAYS_REFUSED(
      "IL010",
      Severity.ERROR,
      "a tool is allowed in a state, and refused there whatever it is called with"),
  UNUSED_FIELD(
      "IL011",
      Severity.WARNING,
      "the model records a field that nothing reads and nobody is shown"),
  OPEN_AT_ENTRY(
      "IL012",
      Severity.WARNING,
      "a state is entered again while its way out is open already, by what an earlier visit recorded"),
  LATE_TIMER(
      "IL013",
      Severity.WARNING,
      "a timer never fires: a shorter one, or the budget `duration`, comes first"),
  NO_TIME_OUT("IL014", Severity.WARNING, "a `wait` or `approval` without a time-out"),
  NO_BUNDLE("IL015", Severity.WARNING, "an escalation without a bundle"),
  NOT_PROVEN(
      "IL016",
      Severity.WARNING,
      "a property is not proven: only it itself stops a run, or it is not known whether there is one"),
  ROUTE_ROUND(
      "IL017",
      Severity.ERROR,
      "the model may take a way round an approval, an `ask` or a rule that stands on another way to a write"),
  INFLUENCED(
      "IL018",
      Severity.ERROR,
      "a `when`, an `unless`, a `set` or a way before a write rests only on what the model chooses"),
  NOT_SHOWN(
      "IL019",
      Severity.ERROR,
      "the yes on the way to a write was not shown what the write is called with"),
  OUTLIVES("IL020", Severity.ERROR, "what a yes was said to may change before the write"),
  STALE(
      "IL021",
      Severity.WARNING,
      "a write may go out again by a fact as it was before the write, or by a yes that was said once"),
  LEAK(
      "IL022",
      Severity.ERROR,
      "private data may be sent out after something untrusted was read, and nobody is shown it"),
  OVERLAP(
      "IL023",
      Severity.WARNING,
      "two guards of a state hold together for some values, and each alone for others"),
  CIRCLE("IL024", Severity.WARNING, "choices lead in a circle, with nobody and nothing in between"),
  SECRET("IL025", Severity.WARNING, "a text that looks like a secret"),
  VIOLATED("IL026", Severity.ERROR, "a property is violated: a run goes against it");

  private final String id;
  private final Severity severity;
  private final String says;

  /** How much a finding matters. */
  public enum Severity {
    /** The machine does not do what it says. */
    ERROR,
    /** It is likely to be a mistake. */
    WARNING
  }

  Code(String id, Severity severity, String says) {
    this.id = id;
    this.severity = severity;
    this.says = says;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String says() {
    return says;
  }

  /** How much its findings matter. */
  public Severity severity() {
    return severity;
  }
}
