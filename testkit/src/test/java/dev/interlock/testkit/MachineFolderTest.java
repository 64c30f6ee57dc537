package dev.interlock.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MachineFolderTest {
  private static final MachineFolder FOLDER =
      MachineFolder.read(Path.of("..", "examples", "it-access"));

  @Test
  void scenariosPassAsTheyAre() {
    assertThat(FOLDER.run().problems()).isEmpty();
  }

  @Test
  void scenarioFailsWhenWhatItGuardsIsTakenOut() {
    MachineFolder impostor = FOLDER.only("impostor.yaml");

    assertThat(impostor.run().passed()).isTrue();
    assertThat(impostor.without("set: {employee_id: context.employee.id}, ").run().passed())
        .isFalse();
  }

  @Test
  void changeThatChangesNothingIsRefused() {
    assertThatThrownBy(() -> FOLDER.without("no such line"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found no \"no such line\" in ../examples/it-access/machine.yaml");
    assertThatThrownBy(() -> FOLDER.only("no-such.yaml"))
        .hasMessage("found 0 scenarios no-such.yaml, expected one");
  }

  @Test
  void textThatIsNoMachineIsExplained() {
    assertThatThrownBy(() -> FOLDER.with("initial:", "inital:").machine())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("did you mean `initial`?");
  }
}
