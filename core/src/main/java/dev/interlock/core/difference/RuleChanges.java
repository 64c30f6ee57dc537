package dev.interlock.core.difference;

import static dev.interlock.core.difference.MachineChanges.lists;
import static dev.interlock.core.difference.MachineChanges.source;

import dev.interlock.core.difference.Difference.Changes;
import dev.interlock.core.difference.Difference.Kind;
import dev.interlock.core.machine.ArgRef;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What differs between two versions of a machine in the calls of a state: tools, and rules. */
final class RuleChanges {
  private final Machine old;
  private final Machine now;
  private final Changes changes;

  RuleChanges(Machine old, Machine now, Changes changes) {
    this.old = old;
    this.now = now;
    this.changes = changes;
  }

  /** Of calls that are said alike: what stands before the tools' names, and after. */
  private record Said(Kind kind, String before, String after) {}

  /** Of a state that is new. */
  void entered(String state, List<String> tools) {
    compare(state, List.of(), tools);
  }

  /**
   * Of a state.
   *
   * @param was the tools that might be called there
   * @param is those that may
   */
  void compare(String state, List<String> was, List<String> is) {
    Map<Said, Set<String>> said = new LinkedHashMap<>();
    for (String tool : is) {
      if (!was.contains(tool)) {
        say(said, tool, new Said(Kind.ALLOWED, "", " may be called, " + under(state, tool)));
      }
    }
    for (String tool : was) {
      if (is.contains(tool)) {
        judged(said, state, tool);
      } else {
        say(said, tool, new Said(Kind.REFUSED, "", " may not be called any more"));
      }
    }
    said.forEach((what, tools) ->
        changes.add(what.kind(), state, what.before() + String.join(", ", tools) + what.after()));
  }

  private static void say(Map<Said, Set<String>> said, String tool, Said what) {
    said.computeIfAbsent(what, key -> new LinkedHashSet<>()).add(tool);
  }

  private String under(String state, String tool) {
    List<Rule> rules = of(now, state, tool);
    return rules.isEmpty()
        ? "and no rule is for it there"
        : rules.stream()
            .map(rule -> "\"%s\"".formatted(rule.sentence()))
            .collect(Collectors.joining(", ", "under ", ""));
  }

  private static List<Rule> of(Machine machine, String state, String tool) {
    return machine.rules().stream().filter(rule -> rule.appliesTo(tool, state)).toList();
  }

  private void judged(Map<Said, Set<String>> said, String state, String tool) {
    List<Rule> gone = new ArrayList<>(of(old, state, tool));
    List<Rule> more = new ArrayList<>();
    for (Rule rule : of(now, state, tool)) {
      Optional<Rule> before =
          gone.stream().filter(it -> it.sentence().equals(rule.sentence())).findFirst();
      if (before.isPresent()) {
        gone.remove(before.get());
        changed(said, tool, before.get(), rule);
      } else {
        more.add(rule);
      }
    }
    for (Rule rule : more) {
      Optional<Rule> same = gone.stream().filter(it -> alike(it, rule)).findFirst();
      if (same.isPresent()) { // only its sentence is another
        gone.remove(same.get());
        say(
            said,
            tool,
            new Said(
                Kind.BESIDE,
                "the rule for ",
                " \"%s\" is called \"%s\"".formatted(same.get().sentence(), rule.sentence())));
      } else {
        parts(rule)
            .forEach(part ->
                say(
                    said,
                    tool,
                    new Said(Kind.REFUSED, quoted(rule) + part.before(), part.after())));
      }
    }
    for (Rule rule : gone) {
      parts(rule)
          .forEach(part ->
              say(
                  said,
                  tool,
                  new Said(
                      Kind.ALLOWED, quoted(rule) + "no longer " + part.before(), part.after())));
    }
  }

  private static String quoted(Rule rule) {
    return "\"%s\" ".formatted(rule.sentence());
  }

  private static boolean alike(Rule one, Rule other) {
    return Objects.equals(source(one.when()), source(other.when()))
        && Objects.equals(one.atMost(), other.atMost())
        && Objects.equals(asked(one.ask()), asked(other.ask()));
  }

  private static List<Object> asked(Rule.@Nullable Ask ask) {
    return ask == null
        ? List.of()
        : List.of(
            ask.role(),
            ask.shows(),
            ask.expires(),
            String.valueOf(source(ask.unless())),
            String.valueOf(source(ask.people())),
            ask.notFrom());
  }

  /** What a rule does with a call, each thing that it does. */
  private static List<Said> parts(Rule rule) {
    List<Said> parts = new ArrayList<>();
    if (rule.when() != null) {
      parts.add(new Said(Kind.REFUSED, "refuses ", " unless " + rule.when().source()));
    }
    if (rule.atMost() != null) {
      parts.add(new Said(Kind.REFUSED, "refuses ", " beyond " + bound(rule.atMost())));
    }
    if (rule.ask() != null) {
      parts.add(
          new Said(
              Kind.REFUSED,
              "asks %s%s before ".formatted(rule.ask().role(), people(rule.ask())),
              unless(rule.ask())));
    }
    return parts;
  }

  private static String bound(Rule.AtMost atMost) {
    return atMost.per().isEmpty()
        ? Long.toString(atMost.count())
        : "%d for each %s"
            .formatted(
                atMost.count(),
                atMost.per().stream().map(ArgRef::toString).collect(Collectors.joining(", ")));
  }

  private static String people(Rule.Ask ask) {
    return ask.people() == null ? "" : " (%s people)".formatted(ask.people().source());
  }

  private static String unless(Rule.Ask ask) {
    return ask.unless() == null ? "" : " unless " + ask.unless().source();
  }

  // ---- the same sentence

  private static void changed(Map<Said, Set<String>> said, String tool, Rule was, Rule is) {
    String name = quoted(is);
    part(said, tool, new Part(name, "refuses ", " unless "), source(was.when()), source(is.when()));
    bound(said, tool, name, was.atMost(), is.atMost());
    Rule.Ask before = was.ask();
    Rule.Ask ask = is.ask();
    if (before != null && ask != null) {
      asks(said, tool, name, before, ask);
    } else if (before != null) {
      say(
          said,
          tool,
          new Said(
              Kind.ALLOWED, name + "no longer asks " + before.role() + " before ", unless(before)));
    } else if (ask != null) {
      say(
          said,
          tool,
          new Said(Kind.REFUSED, name + "asks " + ask.role() + " before ", unless(ask)));
    }
  }

  /** How a condition is said. */
  private record Part(String rule, String verb, String condition) {}

  private static void part(
      Map<Said, Set<String>> said,
      String tool,
      Part part,
      @Nullable String was,
      @Nullable String is) {
    if (Objects.equals(was, is)) {
      return;
    }
    say(
        said,
        tool,
        is == null
            ? new Said(
                Kind.ALLOWED, part.rule() + "no longer " + part.verb(), part.condition() + was)
            : was == null
                ? new Said(Kind.REFUSED, part.rule() + part.verb(), part.condition() + is)
                : new Said(
                    Kind.OTHERWISE,
                    part.rule() + part.verb(),
                    "%s%s; before it was %s".formatted(part.condition(), is, was)));
  }

  private static void bound(
      Map<Said, Set<String>> said,
      String tool,
      String name,
      Rule.@Nullable AtMost was,
      Rule.@Nullable AtMost is) {
    if (Objects.equals(was, is)) {
      return;
    }
    if (was != null && is != null && was.per().equals(is.per())) {
      say(
          said,
          tool,
          new Said(
              is.count() > was.count() ? Kind.ALLOWED : Kind.REFUSED,
              name + "refuses ",
              " beyond %s, not %d".formatted(bound(is), was.count())));
    } else {
      part(
          said,
          tool,
          new Part(name, "refuses ", " beyond "),
          was == null ? null : bound(was),
          is == null ? null : bound(is));
    }
  }

  private static void asks(
      Map<Said, Set<String>> said, String tool, String name, Rule.Ask was, Rule.Ask is) {
    if (!was.role().equals(is.role())) {
      say(
          said,
          tool,
          new Said(
              Kind.OTHERWISE,
              name + "asks %s, not %s, before ".formatted(is.role(), was.role()),
              ""));
    }
    String unless = source(is.unless());
    String before = source(was.unless());
    if (!Objects.equals(unless, before)) {
      say(
          said,
          tool,
          new Said(
              before == null ? Kind.ALLOWED : unless == null ? Kind.REFUSED : Kind.OTHERWISE,
              name + "asks before ",
              unless == null
                  ? " always; before it was unless " + before
                  : " unless %s; before it was %s"
                      .formatted(unless, before == null ? "always" : "unless " + before)));
    }
    if (!Objects.equals(source(was.people()), source(is.people()))) {
      say(
          said,
          tool,
          new Said(
              Kind.OTHERWISE,
              name + "asks other numbers of people before ",
              ": %s, not %s".formatted(count(is), count(was))));
    }
    List<Said> shown = new ArrayList<>();
    lists(
        was.notFrom(),
        is.notFrom(),
        who -> shown.add(new Said(Kind.REFUSED, name + "does not ask " + who + " about ", "")),
        who -> shown.add(new Said(Kind.ALLOWED, name + "may ask " + who + " about ", "")));
    lists(
        was.shows(),
        is.shows(),
        fields -> shown.add(new Said(Kind.REFUSED, name + "shows " + fields + " beside ", "")),
        fields ->
            shown.add(new Said(Kind.ALLOWED, name + "no longer shows " + fields + " beside ", "")));
    if (!was.expires().equals(is.expires())) {
      shown.add(
          new Said(
              Kind.BESIDE,
              name + "waits for an answer to ",
              " for %s, not %s".formatted(is.expires(), was.expires())));
    }
    shown.forEach(each -> say(said, tool, each));
  }

  private static String count(Rule.Ask ask) {
    return Objects.requireNonNullElse(source(ask.people()), "1");
  }
}
