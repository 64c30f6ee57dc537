package dev.interlock.testkit;

import dev.interlock.core.engine.ToolHost;
import dev.interlock.langchain4j.CallContext;
import dev.interlock.langchain4j.JavaToolHost;
import dev.interlock.langchain4j.ToolFailed;
import dev.langchain4j.agent.tool.Tool;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** Methods with {@code @Tool} hold what every host of tools holds. */
class JavaToolHostContractTest extends ToolHostContract {
  @Override
  protected ToolHost open() {
    return new JavaToolHost(Map.of("t", new ContractTools()));
  }

  /** The server of the contract, as methods. */
  static final class ContractTools {
    private final AtomicLong calls = new AtomicLong();
    private final CountDownLatch never = new CountDownLatch(1);
    private int waiting;

    record Text(String text) {}

    record Meta(String key, String instance, String caller, List<String> roles) {}

    record Met(int met) {}

    record Calls(long calls) {}

    @Tool("Gives back what it gets.")
    Text echo(String text) {
      calls.incrementAndGet();
      return new Text(text);
    }

    @Tool
    String plain(String text) {
      calls.incrementAndGet();
      return text;
    }

    @Tool
    void fail(String text) {
      calls.incrementAndGet();
      throw new ToolFailed(text);
    }

    @Tool
    Meta meta(CallContext call) {
      calls.incrementAndGet();
      return new Meta(call.key(), call.instance(), call.caller().id(), call.caller().roles());
    }

    @Tool
    synchronized Met meet(int parties) throws InterruptedException {
      calls.incrementAndGet();
      waiting++;
      notifyAll();
      while (waiting < parties) {
        wait();
      }
      return new Met(parties);
    }

    @Tool
    void hang() throws InterruptedException {
      calls.incrementAndGet();
      never.await();
    }

    @Tool
    String big(int bytes) {
      calls.incrementAndGet();
      return "x".repeat(bytes);
    }

    @Tool
    Calls seen() {
      return new Calls(calls.getAndIncrement());
    }

    @Tool
    void die() {
      calls.incrementAndGet();
      throw new StackOverflowError("of a test");
    }

    @Tool(name = "filler_1")
    void fillerOne() {}

    @Tool(name = "filler_5")
    void fillerFive() {}
  }
}
