package dev.interlock.bench;

import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.engine.Machines;
import dev.interlock.engine.Ports;
import dev.interlock.engine.Settings;
import dev.interlock.temporal.Place;
import dev.interlock.temporal.TemporalEngine;
import dev.interlock.temporal.TemporalWorker;
import io.temporal.client.WorkflowClient;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** Interlock, and its worker. */
final class OurSide implements Side {
  static final Principal CALLER = new Principal("ana", List.of("customer"));

  private final Map<String, World.Answers> models = new ConcurrentHashMap<>();
  private final Map<String, Conversation> conversations = new ConcurrentHashMap<>();
  private final Place place;
  private final TemporalEngine engine;
  private final TemporalWorker worker;

  OurSide(WorkflowClient client, String queue, Store store) {
    this.place = new Place(queue, queue + "/");
    Machines machines = BenchMachine.machines();
    Ports ports =
        World.ports(
            question -> Objects.requireNonNull(models.get(question.instance())).to(question),
            call -> Objects.requireNonNull(conversations.get(call.instance())).found());
    this.engine = TemporalEngine.open(client, place, store, machines, Clock.systemUTC());
    this.worker = TemporalWorker.open(client, place, store, machines, ports, Settings.DEFAULT);
  }

  @Override
  public void start(String id, Conversation conversation) {
    conversations.put(id, conversation);
    start(id, question -> reply(conversation, question));
  }

  void start(String id, World.Answers model) {
    models.put(id, model);
    taken(engine.start(CALLER, BenchMachine.NAME, id, null, Map.of()));
  }

  private static Reply reply(Conversation conversation, Question question) {
    return conversation.says(question.number())
        ? World.says(Conversation.SAID)
        : World.calls(Conversation.BEFORE, question, "b.look", Conversation.ARGUMENTS);
  }

  @Override
  public void send(String id) {
    taken(engine.send(CALLER, id, null, Conversation.MESSAGE));
  }

  private static void taken(Acknowledgement acknowledgement) {
    if (!(acknowledgement instanceof Acknowledgement.Taken)) {
      throw new IllegalStateException("found " + acknowledgement + ", expected that it is taken");
    }
  }

  @Override
  public String workflow(String id) {
    return place.prefix() + id;
  }

  @Override
  public void close() {
    worker.close();
    engine.close();
  }
}
