package dev.interlock.cli.keep;

import dev.interlock.cli.output.Text;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.tell.Shell;
import dev.interlock.local.Erasure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code interlock erase}. */
@Command(
    name = "erase",
    header = "Take what was said and done in instances out of the store, for good.",
    description = {
      "Texts, values of fields, arguments, results, documents and the key of their HMACs go, also"
          + " from what the file does not use. The row and the chain stay: who was the caller, who"
          + " acted and when, names of states and tools, sizes. Only what has ended can be erased."
          + " Backups, and what other programs were told, are not reached. Needs free space of twice"
          + " the file's size, and nobody else may have the store."
    },
    footer = {"", "Examples:", "  interlock erase device-1", "  interlock erase device-1 device-2"})
public final class EraseCommand extends StoreCommand {
  @Parameters(arity = "1..*", paramLabel = "ID", description = "The instances.")
  private List<String> instances = new ArrayList<>();

  public EraseCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() {
    Set<String> ids = new LinkedHashSet<>(instances);
    Set<String> forks = owning(store -> Erasure.of(store, ids));
    if (program().output().json()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("erased", List.copyOf(ids));
      json.put("copies", List.copyOf(forks));
      program().output().value(json);
      return ExitCode.OK;
    }
    program()
        .output()
        .line(
            "Erased the content of %s."
                .formatted(
                    ids.size() == 1
                        ? ids.iterator().next()
                        : Text.count(ids.size(), "instance", "instances")));
    if (!forks.isEmpty()) {
      program()
          .output()
          .note(
              "Forks of it, or what it was forked from, have a copy under the same key: "
                  + typed(
                      "erase " + forks.stream().map(Shell::word).collect(Collectors.joining(" "))));
    }
    return ExitCode.OK;
  }
}
