package dev.interlock.build;

import java.util.List;

/** An event, and its payload as a type. */
public final class EventKeys extends TypeKeys<EventKeys> {
  EventKeys() {}

  @Override
  EventKeys self() {
    return this;
  }

  /** Roles that may send it, and {@code caller}. */
  public EventKeys by(String... roles) {
    return put("by", List.of(roles));
  }

  /** Whether it is kept until a state takes it. */
  public EventKeys keep(boolean keep) {
    return put("keep", keep);
  }
}
