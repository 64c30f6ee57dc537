package dev.interlock.temporal;

import dev.interlock.core.evolve.Escalated;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Machine;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributeUpdate;
import io.temporal.common.SearchAttributes;
import io.temporal.serviceclient.OperatorServiceStubs;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The search attributes of an instance. Four of Keyword and one KeywordList: a server on SQL has
 * ten and three to give.
 */
final class Attributes {
  static final SearchAttributeKey<String> MACHINE =
      SearchAttributeKey.forKeyword("InterlockMachine");
  static final SearchAttributeKey<String> VERSION =
      SearchAttributeKey.forKeyword("InterlockVersion");
  static final SearchAttributeKey<String> STATE = SearchAttributeKey.forKeyword("InterlockState");
  static final SearchAttributeKey<String> STATUS = SearchAttributeKey.forKeyword("InterlockStatus");
  static final SearchAttributeKey<List<String>> ESCALATIONS =
      SearchAttributeKey.forKeywordList("InterlockEscalations");

  static final List<SearchAttributeKey<?>> ALL =
      List.of(MACHINE, VERSION, STATE, STATUS, ESCALATIONS);

  /** The most different {@code State:Reason} of one instance. */
  static final int MAX_ESCALATIONS = 20;

  private static final Duration LOOK = Duration.ofMillis(250);
  private static final int MAX_LOOKS = 240;

  private Attributes() {}

  /** What a run is started with. */
  static SearchAttributes of(Machine machine, Instance instance) {
    return SearchAttributes.newBuilder()
        .set(MACHINE, machine.name())
        .set(VERSION, String.valueOf(machine.version()))
        .set(STATE, instance.state())
        .set(STATUS, status(instance))
        .build();
  }

  /** What never changes of a run. */
  static List<SearchAttributeUpdate<?>> of(Machine machine) {
    return List.of(
        SearchAttributeUpdate.valueSet(MACHINE, machine.name()),
        SearchAttributeUpdate.valueSet(VERSION, String.valueOf(machine.version())));
  }

  /** What is written beside a run: it is not searched for. */
  static Map<String, Object> memo(Machine machine, Instance instance) {
    return Map.of(
        "machine", machine.name(),
        "version", machine.version(),
        "pin", machine.pin(),
        "caller", instance.caller().id());
  }

  /** Running and waiting are both {@code open}: so a turn costs the history nothing. */
  static String status(Instance instance) {
    return switch (instance.status()) {
      case RUNNING, WAITING -> "open";
      case ESCALATED, COMPLETED, ENDED_ESCALATED, CANCELLED -> instance.status().word();
    };
  }

  /** {@code State:Reason}. */
  static String escalation(Escalated escalated) {
    return escalated.from() + ":" + escalated.reason().word();
  }

  /**
   * Adds those that the namespace does not have, and waits until it has them.
   *
   * @throws IllegalStateException if it may not: then somebody else must add them
   */
  static void register(OperatorServiceStubs operator, WorkflowClient client) {
    String namespace = client.getOptions().getNamespace();
    try {
      if (searchable(client)) {
        return; // whoever may only search needs to do no more
      }
      Map<String, IndexedValueType> missing = missing(operator, namespace);
      if (!missing.isEmpty()) {
        operator
            .blockingStub()
            .addSearchAttributes(
                AddSearchAttributesRequest.newBuilder()
                    .setNamespace(namespace)
                    .putAllSearchAttributes(missing)
                    .build());
        for (int look = 0; look < MAX_LOOKS && !searchable(client); look++) {
          Thread.sleep(LOOK); // the server's parts hear of it one after the other
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (StatusRuntimeException e) {
      Status.Code code = e.getStatus().getCode();
      boolean elsewhere = code == Status.Code.UNIMPLEMENTED; // it is told at its start what it has
      if (!elsewhere && code != Status.Code.ALREADY_EXISTS) {
        throw new IllegalStateException(
            "found no way to add the search attributes %s to the namespace %s (%s), expected them"
                    .formatted(
                        ALL.stream().map(SearchAttributeKey::getName).toList(),
                        namespace,
                        e.getStatus())
                + " there: add them with `temporal operator search-attribute create`",
            e);
      }
    }
  }

  /** Whether whoever takes requests knows all of them. */
  private static boolean searchable(WorkflowClient client) {
    try {
      var unused =
          client.countWorkflows(
              ALL.stream()
                  .map(key -> key.getName() + " IS NULL")
                  .collect(Collectors.joining(" AND ")));
      return true;
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.INVALID_ARGUMENT) {
        return false;
      }
      throw e;
    }
  }

  private static Map<String, IndexedValueType> missing(
      OperatorServiceStubs operator, String namespace) {
    Map<String, IndexedValueType> missing = new LinkedHashMap<>();
    ALL.forEach(key -> missing.put(key.getName(), key.getValueType()));
    missing
        .keySet()
        .removeAll(
            operator
                .blockingStub()
                .listSearchAttributes(
                    ListSearchAttributesRequest.newBuilder().setNamespace(namespace).build())
                .getCustomAttributesMap()
                .keySet());
    return missing;
  }
}
