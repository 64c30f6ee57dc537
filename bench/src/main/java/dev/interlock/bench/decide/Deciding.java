package dev.interlock.bench.decide;

import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Occurrence;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The two decisions of a turn, after a short and after a long conversation. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class Deciding {
  /** How many turns lie behind. */
  @Param({"10", "1000"})
  public int turns;

  private TwentyStates states = new TwentyStates(0);
  private Occurrence reply = TwentyStates.replied(states.asked());
  private Occurrence result = states.returned(states.calling());

  /** Plays the conversation. */
  @Setup
  public void play() {
    states = new TwentyStates(turns);
    reply = TwentyStates.replied(states.asked());
    result = states.returned(states.calling());
  }

  /** A reply with a text and a call is judged. */
  @Benchmark
  public Decision reply() {
    return Decide.decide(states.loaded(), states.asked(), reply);
  }

  /** A result is taken, and the next question asked. */
  @Benchmark
  public Decision result() {
    return Decide.decide(states.loaded(), states.calling(), result);
  }
}
