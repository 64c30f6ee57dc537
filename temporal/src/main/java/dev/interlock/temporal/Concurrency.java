package dev.interlock.temporal;

/**
 * How much one worker does at once.
 *
 * @param activities executed at once: questions and calls. They mostly wait for others and have
 *     virtual threads, so that this bounds what models and tool servers are asked, not what this
 *     process can bear
 * @param workflowTasks executed at once: decisions, which need a processor each and wait for
 *     nothing
 * @param cachedWorkflows so many instances are kept in memory, each with a virtual thread; another
 *     one is replayed from its history when something happens to it
 */
public record Concurrency(int activities, int workflowTasks, int cachedWorkflows) {
  public static final Concurrency DEFAULT = new Concurrency(200, 50, 600);

  /**
   * Holds the bounds.
   *
   * @throws IllegalArgumentException if one is too small for a worker to work
   */
  public Concurrency {
    if (activities < 1 || workflowTasks < MIN_WORKFLOW_TASKS || cachedWorkflows < 1) {
      throw new IllegalArgumentException(
          "found %d activities, %d workflow tasks and %d cached workflows, expected at least 1, %d and 1"
              .formatted(activities, workflowTasks, cachedWorkflows, MIN_WORKFLOW_TASKS));
    }
  }

  /** One polls for what is new, one for what is cached. */
  private static final int MIN_WORKFLOW_TASKS = 2;

  /** Each cached one has a thread, and each that decides one more for what was sent to it. */
  int threads() {
    return cachedWorkflows + 2 * workflowTasks;
  }
}
