package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrawTest {
  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.writeString(folder.resolve("interlock.yaml"), "servers: {}\n");
    Files.writeString(
        folder.resolve("machine.yaml"),
        """
        machine: drawn
        version: 1
        title: One of each
        context:
          ok: {type: boolean, source: agent}
          text: {type: string, source: agent}
        events: {go: {}}
        initial: end
        states:
          end:
            goal: Work.
            record: [ok, text]
            transitions:
              - {target: Ask, requires: [ok], guard: "'a;b' != '' && 'x<y%%z' != ''"}
              - {target: Ask, requires: [text]}
            otherwise: Pick
            idle: {PT5M: Help}
          Pick: {type: choice, transitions: [{target: anywhere_, requires: [ok]}], otherwise: Help}
          Ask: {type: approval, role: boss, answers: {approved: {target: Done}, rejected: {target: back}}}
          anywhere_: {type: wait, after: {PT1H: Done}}
          Help: {type: escalation, resume: [end]}
          Done: {type: final, outcome: good}
        anywhere:
          on: {go: Done}
          over: {tokens: Done, default: Help}
        """);
  }

  @Test
  void everyStateAndWayIsDrawn() {
    assertThat(Cli.in(folder).run("draw").ok().out())
        .isEqualTo(
            """
            stateDiagram-v2
              state "end" as end_
              state "Pick" as Pick
              Pick : chooses
              state "Ask" as Ask
              Ask : asks boss
              class Ask approval
              state "anywhere_" as anywhere__
              anywhere__ : waits
              state "Help" as Help
              Help : opens a ticket
              class Help escalation
              state "Done" as Done
              Done : good
              Done --> [*]
              [*] --> end_
              state "from every state" as anywhere_
              state "back to the state that was left" as back_
              end_ --> Ask : requires ok, when 'a,b' != '' && 'x< y% %z' != ''<br/>requires text
              end_ --> Pick : otherwise
              end_ --> Help : idle PT5M
              Pick --> anywhere__ : requires ok
              Pick --> Help : otherwise
              Ask --> Done : answer approved
              Ask --> back_ : answer rejected
              anywhere__ --> Done : after PT1H
              Help --> end_ : resume
              anywhere_ --> Done : event go<br/>over tokens
              anywhere_ --> Help : over default
              classDef approval stroke:#b58900,stroke-width:3px
              classDef escalation stroke:#dc322f,stroke-width:3px
            """);
  }

  @Test
  void diagramOfAnExampleIsTheOneInItsReadme() throws IOException {
    Path example = Path.of("..", "examples", "it-access");
    assertThat(Files.readString(example.resolve("README.md")))
        .contains("```mermaid\n" + Cli.in(example).run("draw").ok().out() + "```\n");
  }

  @Test
  void jsonHoldsTheSame() {
    String text = Cli.in(folder).run("draw").ok().out();
    assertThat(Json.at(Json.parse(Cli.in(folder).run("draw", "--json").ok().out()), "/mermaid"))
        .isEqualTo(text);
  }
}
