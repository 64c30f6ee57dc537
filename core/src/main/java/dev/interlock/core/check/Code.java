package dev.interlock.core.check;

/** What a check looks for. A code keeps its meaning for good; docs/VERIFY.md has each. */
public enum Code {
  UNREACHABLE("IL001", Severity.WARNING),
  NO_WAY_OUT("IL002", Severity.ERROR),
  NO_END("IL003", Severity.ERROR),
  NEVER_MET("IL004", Severity.ERROR),
  NEVER_TRUE("IL005", Severity.ERROR),
  ALWAYS_TRUE("IL006", Severity.WARNING),
  SHADOWED("IL007", Severity.WARNING),
  NO_CASE("IL008", Severity.WARNING),
  ALLOWED_NOWHERE("IL009", Severity.WARNING),
  ALWAYS_REFUSED("IL010", Severity.ERROR),
  UNUSED_FIELD("IL011", Severity.WARNING),
  OPEN_AT_ENTRY("IL012", Severity.WARNING),
  LATE_TIMER("IL013", Severity.WARNING),
  NO_TIME_OUT("IL014", Severity.WARNING),
  NO_BUNDLE("IL015", Severity.WARNING),
  NOT_PROVEN("IL016", Severity.WARNING),
  ROUTE_ROUND("IL017", Severity.ERROR),
  INFLUENCED("IL018", Severity.ERROR),
  NOT_SHOWN("IL019", Severity.ERROR),
  OUTLIVES("IL020", Severity.ERROR),
  STALE("IL021", Severity.WARNING),
  LEAK("IL022", Severity.ERROR),
  OVERLAP("IL023", Severity.WARNING),
  CIRCLE("IL024", Severity.WARNING),
  SECRET("IL025", Severity.WARNING),
  VIOLATED("IL026", Severity.ERROR);

  private final String id;
  private final Severity severity;

  /** How much a finding matters. */
  public enum Severity {
    /** The machine does not do what it says. */
    ERROR,
    /** It is likely to be a mistake. */
    WARNING
  }

  Code(String id, Severity severity) {
    this.id = id;
    this.severity = severity;
  }

  /** {@code IL001}. */
  public String id() {
    return id;
  }

  public Severity severity() {
    return severity;
  }
}
