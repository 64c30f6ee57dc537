package dev.interlock.core.load;

/** What keeps a file from being read as it is meant, and in the end what a scenario is told. */
public enum LoadCode implements DiagnosticCode {
  // the text of a file
  CHARACTERS("IL101", "bytes that are not UTF-8, or characters that cannot be printed"),
  SYNTAX("IL102", "what is written is not YAML"),
  PLAIN_YAML(
      "IL103",
      "YAML that is not taken: anchors, tags, merge keys, several documents, other versions"),
  DUPLICATE_KEY("IL104", "a key that stands twice"),
  EMPTY("IL105", "nothing where a value belongs"),
  TOO_LARGE("IL106", "more than is read: characters, levels, digits, problems"),

  // keys and their values
  UNKNOWN_KEY("IL111", "a key that the format does not have there"),
  MISSING_KEY("IL112", "something that must be written is not"),
  NO_EFFECT("IL113", "a key that does nothing there, or that another one rules out"),
  NOT_YET("IL114", "a word of the format that is not built yet"),
  TYPE("IL115", "a value of another type"),
  RANGE("IL116", "a number, or as many items, beyond what is allowed"),
  FORM("IL117", "a text that is not of the form that is asked for"),
  DURATION("IL118", "a text that is not a duration"),
  INCOMPLETE(
      "IL119",
      "a state, a rule, a property or a timer that says too little, or two things at once"),

  // names
  NAME("IL121", "a name that may not be given"),
  DUPLICATE_NAME("IL122", "a name that stands twice"),
  UNKNOWN_NAME("IL123", "a name that nothing has"),
  UNKNOWN_WORD("IL124", "a word that is none of those of the format"),
  ARGUMENTS(
      "IL125", "an argument that the tool does not declare, or one that it requires is left out"),

  // expressions
  EXPRESSION("IL131", "an expression that is not CEL, or does not type-check"),
  OTHER_TYPE(
      "IL132",
      "what an expression, a constant, a default, a key or a payload gives is of another type"),
  UNSET_FIELD("IL133", "a field is read where it may be unset"),
  CYCLE("IL134", "a field is derived from itself"),

  // what does not go together
  FIELD_SOURCE("IL141", "a field of a source or type that does not belong there"),
  CHANGES("IL142", "what changes by itself is shown to who says yes"),
  SECRET("IL143", "a secret field is shown"),
  MISPLACED("IL144", "a state, a tool or a timer of a kind that does not belong there"),

  // tools.lock
  NOT_LOCKED("IL151", "a tool that tools.lock does not have"),
  LOCK_FILE("IL152", "a tools.lock that is not as it was written"),
  LOCK_HASH("IL153", "a locked tool that was edited"),
  LOCK_TOOL("IL154", "a tool that cannot be locked: its name, its description or its schema"),

  // interlock.yaml
  SETTINGS("IL161", "settings that are not of one kind, or lack their other half"),
  UNBOUND("IL162", "a tool that no server, object or desk is there for"),
  NOT_THERE("IL163", "a file or a program that is not there, or not where it may be"),
  RECORDING("IL164", "a recording that cannot be played back"),
  PRICE("IL165", "a budget `cost`, and a model without a price"),
  OBSERVE("IL166", "a machine that observes is run"),
  UNSET_VARIABLE("IL167", "a variable that is not set"),
  NO_MODEL("IL168", "no model"),
  EFFECT_HINT("IL169", "an effect that is not the one its server hints at"),

  // scenarios that are played
  UNMET("IL171", "what a scenario expects is not so"),
  STOPPED("IL172", "a step of a scenario cannot be taken"),
  LEFT_OPEN("IL173", "a scenario ends, and a reply or a question is left"),
  INTERNAL("IL174", "the scenario could not be carried out");

  private final String id;
  private final String says;

  LoadCode(String id, String says) {
    this.id = id;
    this.says = says;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String says() {
    return says;
  }
}
