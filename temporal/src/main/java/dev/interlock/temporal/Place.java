package dev.interlock.temporal;

/**
 * Where instances run in a namespace.
 *
 * @param taskQueue of the workers that carry them
 * @param prefix of their workflows' ids, so that applications whose instances have the same ids can
 *     share the namespace; may be empty
 */
public record Place(String taskQueue, String prefix) {
  /** Without a prefix: the workflow's id is the instance's. */
  public Place(String taskQueue) {
    this(taskQueue, "");
  }

  /** The id of an instance's workflow. */
  String workflow(String instance) {
    return prefix + instance;
  }
}
