package dev.interlock.temporal;

import dev.interlock.core.evolve.Approval;
import dev.interlock.core.evolve.Escalated;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.evolve.Timer;
import io.temporal.common.SearchAttributeUpdate;
import io.temporal.common.SearchAttributes;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** What people see of an instance in Temporal's own UI, and ask its visibility. */
final class Showing {
  private final Book book;
  private final Set<String> escalations = new LinkedHashSet<>();
  private boolean searchable;
  private String pin;
  private String state = "";
  private String status = "";

  /**
   * @param before the escalations of earlier runs
   * @param searchable whether the run was started with its search attributes and memo
   */
  Showing(Book book, List<String> before, boolean searchable) {
    this.book = book;
    this.searchable = searchable;
    this.pin = book.machine().pin();
    this.escalations.addAll(before);
  }

  /** {@code State:Reason} of all that were shown so far. */
  List<String> escalations() {
    return List.copyOf(escalations);
  }

  /** Shows how it stands now. Costs history only where the state or the status is another one. */
  void show() {
    Instance instance = book.instance();
    Workflow.setCurrentDetails(details());
    String word = Attributes.status(instance);
    Escalated escalated = instance.escalated();
    boolean more =
        escalated != null
            && escalations.size() < Attributes.MAX_ESCALATIONS
            && escalations.add(Attributes.escalation(escalated));
    boolean first = !searchable || !pin.equals(book.machine().pin());
    pin = book.machine().pin();
    searchable = true;
    if (state.isEmpty() && !first) { // what the run was started with
      SearchAttributes known = Workflow.getTypedSearchAttributes();
      state = Objects.requireNonNullElse(known.get(Attributes.STATE), "");
      status = Objects.requireNonNullElse(known.get(Attributes.STATUS), "");
    }
    if (first || more || !state.equals(instance.state()) || !status.equals(word)) {
      state = instance.state();
      status = word;
      List<SearchAttributeUpdate<?>> updates = new ArrayList<>();
      if (first) {
        updates.addAll(Attributes.of(book.machine()));
        Workflow.upsertMemo(Attributes.memo(book.machine(), instance));
      }
      updates.add(SearchAttributeUpdate.valueSet(Attributes.STATE, state));
      updates.add(SearchAttributeUpdate.valueSet(Attributes.STATUS, status));
      if (more) {
        updates.add(
            SearchAttributeUpdate.valueSet(Attributes.ESCALATIONS, List.copyOf(escalations)));
      }
      Workflow.upsertTypedSearchAttributes(updates.toArray(new SearchAttributeUpdate<?>[0]));
    }
  }

  /** Where it stands, in Markdown: names and numbers, never the value of a field. */
  String details() {
    Instance instance = book.instance();
    StringBuilder text = new StringBuilder();
    text.append(
        "**%s** · %s · entry %d\n"
            .formatted(instance.state(), instance.status().word(), instance.seq()));
    if (!instance.facts().isEmpty()) {
      text.append("\n| field | filled by |\n|---|---|\n");
      new TreeMap<>(instance.facts())
          .keySet()
          .forEach(name -> {
            var evidence = instance.evidence().get(name);
            text.append("| `%s` | %s |\n".formatted(name, evidence == null ? "" : evidence.by()));
          });
    }
    List<String> waits = waits(instance);
    if (!waits.isEmpty()) {
      text.append("\nWaits for:\n\n");
      waits.forEach(wait -> text.append("- ").append(wait).append('\n'));
    }
    return text.toString();
  }

  private List<String> waits(Instance instance) {
    List<String> waits = new ArrayList<>();
    Escalated escalated = instance.escalated();
    if (escalated != null) {
      waits.add("an operator, to resume it: `%s`".formatted(Attributes.escalation(escalated)));
    }
    instance
        .unknown()
        .forEach(call ->
            waits.add("what became of call no. %d, `%s`".formatted(call.number(), call.tool())));
    for (Parked parked : instance.parked()) {
      for (Parked.Ask ask : parked.asks()) {
        if (!ask.answered()) {
          waits.add(
              "%s, to decide no. %d, `%s`"
                  .formatted(ask.role(), parked.number(), parked.call().tool()));
        }
      }
    }
    Approval approval = instance.approval();
    if (approval != null) {
      waits.add("%s, to answer no. %d".formatted(approval.role(), approval.number()));
    }
    for (Timer timer : book.timers()) {
      waits.add("%s, at %s".formatted(timer.id(), timer.due()));
    }
    return waits;
  }
}
