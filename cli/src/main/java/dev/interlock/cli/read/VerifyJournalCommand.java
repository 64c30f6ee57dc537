package dev.interlock.cli.read;

import dev.interlock.Configuration;
import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Text;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.FolderCommand;
import dev.interlock.core.journal.Chain;
import dev.interlock.core.journal.Store;
import dev.interlock.local.SqliteStore;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code interlock verify-journal}. */
@Command(
    name = "verify-journal",
    header = "Check that no journal was changed: the chain of hashes, entry by entry.",
    description = {
      "Reads the file itself, whoever owns it. Content that was erased is no fault. It is evidence"
          + " against whoever cannot rewrite the whole file."
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
    Configuration configuration = readConfiguration();
    if (!Files.exists(configuration.store())) {
      throw Failure.of(
          "no " + configuration.store(), "the file of a machine that was run", typed("run"));
    }
    Map<String, Chain.Verdict> verdicts = new LinkedHashMap<>();
    try (Store store = SqliteStore.openReadOnly(configuration.store())) {
      for (String id : instances(store)) {
        verdicts.put(id, Chain.verify(store, id));
      }
    }
    boolean whole = verdicts.values().stream().allMatch(Chain.Verdict::whole);
    Output output = program().output();
    if (output.json()) {
      output.value(verdicts.entrySet().stream().map(VerifyJournalCommand::json).toList());
    } else {
      verdicts.forEach((id, verdict) -> print(output, id, verdict));
      output.line(summary(verdicts));
    }
    return whole ? ExitCode.OK : ExitCode.FAILED;
  }

  private List<String> instances(Store store) {
    if (instance == null) {
      List<String> ids = new ArrayList<>();
      Store.Filter all = new Store.Filter(null, null, null, null, null, Integer.MAX_VALUE);
      store.rows(all, null).forEach(row -> ids.add(row.instance()));
      return ids;
    }
    if (store.row(instance).isEmpty()) {
      throw Failure.of("no instance " + instance, "one that was started", typed("list"));
    }
    return List.of(instance);
  }

  private static void print(Output output, String id, Chain.Verdict verdict) {
    Chain.@Nullable Fault fault = verdict.fault();
    if (fault != null) {
      output.line(output.paint(Colour.RED, "broken") + "  " + fault);
      return;
    }
    output.line(
        "%s   %s  %s%s"
            .formatted(
                output.paint(Colour.GREEN, "whole"),
                id,
                Text.count(verdict.entries(), "entry", "entries"),
                verdict.erased() == 0 ? "" : ", content of %d erased".formatted(verdict.erased())));
  }

  private static String summary(Map<String, Chain.Verdict> verdicts) {
    long broken = verdicts.values().stream().filter(verdict -> !verdict.whole()).count();
    String journals = Text.count(verdicts.size(), "journal", "journals");
    return broken == 0
        ? journals + " checked, all whole."
        : "%s checked, %d broken.".formatted(journals, broken);
  }

  private static Object json(Map.Entry<String, Chain.Verdict> checked) {
    Map<String, Object> json = new LinkedHashMap<>();
    Chain.@Nullable Fault fault = checked.getValue().fault();
    json.put("instance", checked.getKey());
    json.put("whole", fault == null);
    json.put("entries", checked.getValue().entries());
    json.put("erased", checked.getValue().erased());
    if (fault != null) {
      json.put("seq", fault.seq());
      json.put("fault", fault.what());
    }
    return json;
  }
}
