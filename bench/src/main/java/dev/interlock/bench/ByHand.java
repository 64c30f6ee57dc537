package dev.interlock.bench;

import dev.interlock.bench.AgentLoop.Call;
import dev.interlock.bench.AgentLoop.Message;
import dev.interlock.bench.AgentLoop.Result;
import dev.interlock.bench.AgentLoop.Role;
import io.temporal.activity.Activity;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerOptions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** The loop by hand, and its worker. */
final class ByHand implements Side {
  private final Map<String, Conversation> conversations = new ConcurrentHashMap<>();
  private final WorkflowClient client;
  private final String queue;
  private final WorkerFactory factory;

  ByHand(WorkflowClient client, String queue) {
    this.client = client;
    this.queue = queue;
    this.factory = WorkerFactory.newInstance(client);
    var worker =
        factory.newWorker(
            queue, WorkerOptions.newBuilder().setUsingVirtualThreadsOnActivityWorker(true).build());
    worker.registerWorkflowImplementationTypes(AgentLoop.Run.class);
    worker.registerActivitiesImplementations(new Steps());
    factory.start();
  }

  private final class Steps implements AgentLoop.Steps {
    private Conversation mine() {
      String id = Activity.getExecutionContext().getInfo().getWorkflowId();
      return Objects.requireNonNull(conversations.get(id));
    }

    @Override
    public Message invokeAgent(String goal, List<Message> conversation) {
      long question = 1 + conversation.stream().filter(it -> it.role() == Role.AGENT).count();
      return mine().says(question)
          ? new Message(Role.AGENT, Conversation.SAID, List.of(), List.of())
          : new Message(
              Role.AGENT,
              Conversation.BEFORE,
              List.of(new Call("c" + question, "b.look", Conversation.ARGUMENTS)),
              List.of());
    }

    @Override
    public List<Result> runTools(List<Call> calls) {
      return calls.stream().map(call -> new Result(call.id(), mine().found())).toList();
    }
  }

  @Override
  public void start(String id, Conversation conversation) {
    conversations.put(workflow(id), conversation);
    AgentLoop loop =
        client.newWorkflowStub(
            AgentLoop.class,
            WorkflowOptions.newBuilder().setWorkflowId(workflow(id)).setTaskQueue(queue).build());
    var unused = WorkflowClient.start(loop::run, "Help the customer.");
  }

  @Override
  public void send(String id) {
    client.newWorkflowStub(AgentLoop.class, workflow(id)).send(Conversation.MESSAGE);
  }

  @Override
  public String workflow(String id) {
    return queue + "/" + id;
  }

  @Override
  public void close() {
    factory.shutdownNow();
  }
}
