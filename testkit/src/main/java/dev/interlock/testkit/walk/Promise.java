package dev.interlock.testkit.walk;

/** What must hold whatever anybody proposes; DESIGN section 7, taken apart. */
public enum Promise {
  TOOLS("no call goes out that the state does not allow"),
  ARGUMENTS("a call goes out with the arguments proposed, and they fit the locked schema"),
  SET("the machine's own arguments are what it computes, and nobody else's"),
  WHEN("every rule's condition is true when a call goes out"),
  AT_MOST("no rule's bound is exceeded"),
  ASK("what asks people goes out after each of them said yes to just that, in time"),
  SOURCES("a field is filled by its source only, with a value of its type, in its bounds"),
  WAYS("a state is left only by a way it declares, whose conditions hold, the first of them"),
  ORDER("a call that is no read goes out alone, and not after one that did not succeed"),
  ONCE("an accepted call goes out once, under a key of its own"),
  IDS("an id is taken once"),
  BUDGETS("no budget is exceeded"),
  ONE_QUESTION("one question is open at a time, and one reply is taken for it"),
  ONE_RESULT("each call comes to one end, and each reply's text is said as it was"),
  NOTHING_LOST("what was acknowledged is delivered, taken or recorded as not taken"),
  REST("what is escalated or has ended does nothing"),
  NEVER_STUCK("an instance that lives has something to wait for"),
  REFOLD("folding the journal gives the instance and its pending effects again"),
  TOTAL("whatever occurs, there is a decision");

  private final String sentence;

  Promise(String sentence) {
    this.sentence = sentence;
  }

  public String sentence() {
    return sentence;
  }
}
