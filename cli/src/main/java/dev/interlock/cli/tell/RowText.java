package dev.interlock.cli.tell;

import dev.interlock.core.journal.Store;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** A row of a list of instances. */
public final class RowText {
  private RowText() {}

  /** For how long it has been where it is. */
  public static String since(Store.Row row, Instant now) {
    return Ago.since(row.since(), now);
  }

  /** As a JSON object. */
  public static Map<String, Object> json(Store.Row row) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("instance", row.instance());
    json.put("machine", row.machineName());
    json.put("pin", row.machine());
    json.put("caller", row.caller());
    json.put("state", row.state());
    json.put("status", row.status());
    Values.put(json, "escalatedFrom", row.escalatedFrom());
    Values.put(json, "reason", row.reason());
    json.put("started", row.started().toString());
    json.put("since", row.since().toString());
    Values.put(json, "due", row.due() == null ? null : row.due().toString());
    json.put("seq", row.seq());
    return json;
  }
}
