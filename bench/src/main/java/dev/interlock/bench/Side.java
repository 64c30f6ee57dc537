package dev.interlock.bench;

/** One of two that are compared, on the same server. */
interface Side extends AutoCloseable {
  /** Starts a conversation. */
  void start(String id, Conversation conversation);

  /** Sends a message; comes back when it is acknowledged. */
  void send(String id);

  /** What its workflow's id is. */
  String workflow(String id);

  @Override
  void close();
}
