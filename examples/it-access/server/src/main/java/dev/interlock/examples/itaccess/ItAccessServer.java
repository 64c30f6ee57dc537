package dev.interlock.examples.itaccess;

/** Serves the example's tools to an MCP client over stdin and stdout. Logs go to stderr. */
public final class ItAccessServer {
  private ItAccessServer() {}

  /**
   * Serves until stdin closes.
   *
   * @param args none
   */
  public static void main(String[] args) {}
}
