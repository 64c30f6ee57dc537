package dev.interlock.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The loop as it is usually written by hand: an activity invokes the agent with the conversation so
 * far, another one runs the tools that it called; the conversation is the workflow's state, and
 * messages of the user are updates.
 */
@WorkflowInterface
public interface AgentLoop {
  /**
   * Talks until the agent says goodbye.
   *
   * @return its last words
   */
  @WorkflowMethod
  String run(String goal);

  /** The user says something. */
  @UpdateMethod
  void send(String text);

  /** Who says something in a conversation. */
  enum Role {
    USER,
    AGENT,
    TOOL
  }

  /** A piece of the conversation. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  record Message(Role role, String text, List<Call> calls, List<Result> results) {
    static Message user(String text) {
      return new Message(Role.USER, text, List.of(), List.of());
    }

    static Message results(List<Result> results) {
      return new Message(Role.TOOL, "", List.of(), results);
    }

    /** What was left out is empty. */
    public Message {
      text = text == null ? "" : text;
      calls = calls == null ? List.of() : calls;
      results = results == null ? List.of() : results;
    }
  }

  /** A call that the agent wants to be made. */
  record Call(String id, String tool, String arguments) {}

  /** What a tool answered. */
  record Result(String id, String text) {}

  /** The world. */
  @ActivityInterface
  interface Steps {
    Message invokeAgent(String goal, List<Message> conversation);

    List<Result> runTools(List<Call> calls);
  }

  /** The loop. */
  final class Run implements AgentLoop {
    private final Steps steps =
        Workflow.newActivityStub(
            Steps.class,
            ActivityOptions.newBuilder()
                .setStartToCloseTimeout(Duration.ofMinutes(5))
                .setHeartbeatTimeout(Duration.ofSeconds(10))
                .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(4).build())
                .build());
    private final List<Message> conversation = new ArrayList<>();
    private boolean unread;

    @Override
    public String run(String goal) {
      while (true) {
        Workflow.await(() -> unread);
        Message reply = answer(goal);
        if (reply.text().equals("Goodbye.")) {
          return reply.text();
        }
      }
    }

    private Message answer(String goal) {
      while (true) {
        unread = false;
        Message reply = steps.invokeAgent(goal, conversation);
        conversation.add(reply);
        if (!reply.calls().isEmpty()) {
          conversation.add(Message.results(steps.runTools(reply.calls())));
        } else if (!unread) {
          return reply;
        }
      }
    }

    @Override
    public void send(String text) {
      conversation.add(Message.user(text));
      unread = true;
    }
  }
}
