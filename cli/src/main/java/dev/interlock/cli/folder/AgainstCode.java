package dev.interlock.cli.folder;

import dev.interlock.core.difference.Difference;
import dev.interlock.core.load.DiagnosticCode;

/** What {@code check --against} tells of another version. */
enum AgainstCode implements DiagnosticCode {
  ALLOWED("IL201", "what the other version does not allow"),
  OTHERWISE("IL202", "a condition that is judged otherwise, which may allow more"),
  REFUSED("IL203", "what the other version allows, or does not ask about"),
  BESIDE("IL204", "what differs, and is not judged"),
  COURSE("IL205", "a journal of the other version that goes otherwise"),
  STAYS("IL206", "an instance of the other version that cannot be migrated"),
  UNREAD("IL207", "a journal of the other version that cannot be read");

  private final String id;
  private final String says;

  AgainstCode(String id, String says) {
    this.id = id;
    this.says = says;
  }

  static AgainstCode of(Difference.Kind kind) {
    return switch (kind) {
      case ALLOWED -> ALLOWED;
      case OTHERWISE -> OTHERWISE;
      case REFUSED -> REFUSED;
      case BESIDE -> BESIDE;
    };
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String says() {
    return says;
  }
}
