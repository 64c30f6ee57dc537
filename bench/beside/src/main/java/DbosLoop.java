import dev.dbos.transact.DBOS;
import dev.dbos.transact.StartWorkflowOptions;
import dev.dbos.transact.config.DBOSConfig;
import dev.dbos.transact.workflow.Workflow;
import dev.dbos.transact.workflow.WorkflowHandle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The loop on DBOS Transact: a workflow whose turns are two steps, a question and a call, both
 * answered at once. Each step is durable in PostgreSQL before the next. Ends in a line of JSON.
 */
public final class DbosLoop {
  private static final int TURNS = 20;
  private static final int INSTANCES = 200;

  /** As long as Interlock. */
  private static final long WARM_NANOS = 20_000_000_000L;

  private static final int ROUNDS = 5;
  private static final int ONE_ROUNDS = 15;
  private static final String FOUND = "x".repeat(200);

  private DbosLoop() {}

  /** What DBOS makes durable. */
  public interface Agent {
    /** Plays the loop. */
    String run(String message);
  }

  /** The loop as it is written with DBOS. */
  public static final class AgentLoop implements Agent {
    private final DBOS dbos;

    AgentLoop(DBOS dbos) {
      this.dbos = dbos;
    }

    @Override
    @Workflow(name = "loop")
    public String run(String message) {
      List<String> conversation = new ArrayList<>(List.of(message));
      for (int turn = 0; turn < TURNS; turn++) {
        conversation.add(
            dbos.runStep(() -> "I look that up. {\"about\":\"the order of last week\"}", "ask"));
        conversation.add(dbos.runStep(() -> FOUND, "look"));
      }
      return "Your order is on its way.";
    }
  }

  /**
   * Runs it.
   *
   * @param args the database's URL, user and password
   */
  public static void main(String[] args) throws Exception {
    DBOSConfig config =
        DBOSConfig.defaults("loop")
            .withDatabaseUrl(args[0])
            .withDbUser(args[1])
            .withDbPassword(args[2])
            .withAdminServer(false);
    try (DBOS dbos = new DBOS(config)) {
      Agent agent = dbos.registerProxy(Agent.class, new AgentLoop(dbos));
      dbos.launch();
      long warm = System.nanoTime() + WARM_NANOS;
      while (System.nanoTime() < warm) {
        play(dbos, agent, INSTANCES);
      }
      List<Double> one = new ArrayList<>();
      for (int i = 0; i < ONE_ROUNDS; i++) {
        one.add(play(dbos, agent, 1));
      }
      List<Double> many = new ArrayList<>();
      for (int i = 0; i < ROUNDS; i++) {
        many.add(play(dbos, agent, INSTANCES));
      }
      System.out.printf(
          Locale.ROOT,
          "{\"one_turns_second\":%.1f,\"many_turns_second\":%.1f}%n",
          median(one),
          median(many));
    }
    System.exit(0); // its threads are not all daemons
  }

  private static double median(List<Double> values) {
    Collections.sort(values);
    return values.get(values.size() / 2);
  }

  /** Turns in a second. */
  private static double play(DBOS dbos, Agent agent, int instances) throws Exception {
    long begun = System.nanoTime();
    List<WorkflowHandle<String, RuntimeException>> all = new ArrayList<>();
    for (int i = 0; i < instances; i++) {
      all.add(
          dbos.startWorkflow(
              () -> agent.run("Please look at what is the matter with my order of last week."),
              new StartWorkflowOptions()));
    }
    for (WorkflowHandle<String, RuntimeException> each : all) {
      each.getResult();
    }
    return instances * TURNS / ((System.nanoTime() - begun) / 1e9);
  }
}
