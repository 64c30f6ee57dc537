package dev.interlock.temporal;

import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * One instance of any machine. What is sent to it arrives as updates, one for each kind of {@link
 * dev.interlock.core.decide.Occurrence.Sent}, named {@link MachineRun#UPDATES}.
 */
@WorkflowInterface
public interface MachineWorkflow {
  /** The workflow's type. */
  String TYPE = "InterlockMachine";

  /** The name of {@link #look}. */
  String LOOK = "look";

  /** The name of {@link #tail}. */
  String TAIL = "tail";

  /** The name of {@link #state}. */
  String STATE = "state";

  /**
   * Carries the instance to its end.
   *
   * @return its outcome: the name of the final state's, or how it ended
   */
  @WorkflowMethod(name = TYPE)
  String run(Payload.Begin begin);

  /** Nothing was sent; but it may have to go on in a new run. */
  @SignalMethod(name = LOOK)
  void look();

  /** What of the journal the store may not have yet. */
  @QueryMethod(name = TAIL)
  Payload.Tail tail();

  /** Where it stands, for people, in Markdown. */
  @QueryMethod(name = STATE)
  String state();
}
