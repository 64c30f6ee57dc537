package dev.interlock.cli.read;

import dev.interlock.MachineFolder;
import dev.interlock.StoreAt;
import dev.interlock.Stores;
import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Text;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.FolderCommand;
import dev.interlock.core.journal.Chain.Fault;
import dev.interlock.core.journal.VerifiableStore;
import dev.interlock.engine.verify.Verification;
import dev.interlock.engine.verify.Verification.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code interlock verify-journal}. */
@Command(
    name = "verify-journal",
    header = "Check that no journal was changed, nor what derives from it.",
    description = {
      "Follows the chain of hashes, entry by entry, and compares everything else in the store with"
          + " what the journals tell. Reads the store itself, whoever writes to it. Content that was"
          + " erased is no fault. It is evidence against whoever cannot rewrite the whole store."
    },
    footer = {"", "Examples:", "  interlock verify-journal", "  interlock verify-journal device-1"})
public final class VerifyJournalCommand extends FolderCommand {
  @Parameters(index = "0", arity = "0..1", paramLabel = "ID", description = "One instance only.")
  private @Nullable String instance;

  public VerifyJournalCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() {
    StoreAt at = readConfiguration().store();
    if (at instanceof StoreAt.File(Path file) && !Files.exists(file)) {
      throw Failure.of("no " + file, "the file of a machine that was run", typed("run"));
    }
    Map<String, Verdict> verdicts = new LinkedHashMap<>();
    List<Fault> others;
    try (VerifiableStore store = Stores.read(at)) {
      Verification verification = new Verification(store, MachineFolder.compiler());
      for (String id : instances(verification.instances())) {
        verdicts.put(id, verification.verify(id));
      }
      others = verification.faults();
    }
    Output output = program().output();
    if (output.json()) {
      List<Object> json = new ArrayList<>();
      verdicts.forEach((id, verdict) -> json.add(json(id, verdict)));
      others.forEach(fault ->
          json.add(Map.of("of", fault.instance(), "whole", false, "faults", json(List.of(fault)))));
      output.value(json);
    } else {
      verdicts.forEach((id, verdict) -> print(output, id, verdict));
      others.forEach(fault -> broken(output, fault));
      output.line(summary(verdicts.values(), others));
    }
    boolean whole = verdicts.values().stream().allMatch(Verdict::whole) && others.isEmpty();
    return whole ? ExitCode.OK : ExitCode.FAILED;
  }

  private Collection<String> instances(Set<String> all) {
    if (instance == null) {
      return new TreeSet<>(all);
    }
    if (!all.contains(instance)) {
      throw Failure.of("no instance " + instance, "one that was started", typed("list"));
    }
    return List.of(instance);
  }

  private static void print(Output output, String id, Verdict verdict) {
    verdict.faults().forEach(fault -> broken(output, fault));
    if (verdict.whole()) {
      output.line(
          "%s   %s  %s%s"
              .formatted(
                  output.paint(Colour.GREEN, "whole"),
                  id,
                  Text.count(verdict.entries(), "entry", "entries"),
                  verdict.erased() == 0
                      ? ""
                      : ", content of %d erased: only the chain was checked"
                          .formatted(verdict.erased())));
    }
  }

  private static void broken(Output output, Fault fault) {
    output.line(output.paint(Colour.RED, "broken") + "  " + fault);
  }

  private static String summary(Collection<Verdict> verdicts, List<Fault> others) {
    long broken = verdicts.stream().filter(verdict -> !verdict.whole()).count();
    String journals = Text.count(verdicts.size(), "journal", "journals");
    if (broken == 0 && others.isEmpty()) {
      return verdicts.isEmpty() ? "No instances." : journals + " checked, all whole.";
    }
    return "%s checked, %d broken%s."
        .formatted(
            journals,
            broken,
            others.isEmpty()
                ? ""
                : "; %s beside them".formatted(Text.count(others.size(), "fault", "faults")));
  }

  private static Object json(String id, Verdict verdict) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("instance", id);
    json.put("whole", verdict.whole());
    json.put("entries", verdict.entries());
    json.put("erased", verdict.erased());
    json.put("faults", json(verdict.faults()));
    return json;
  }

  private static List<Object> json(List<Fault> faults) {
    return faults.stream()
        .<Object>map(fault -> Map.of("seq", fault.seq(), "fault", fault.what()))
        .toList();
  }
}
