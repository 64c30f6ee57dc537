package dev.interlock.cli.read;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

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
import dev.interlock.engine.verify.Head;
import dev.interlock.engine.verify.Verification;
import dev.interlock.engine.verify.Verification.Verdict;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code interlock verify-journal}. */
@Command(
    name = "verify-journal",
    header = "Check that no journal was changed, nor what derives from it.",
    description = {
      "Follows the chain of hashes, entry by entry, and compares everything else in the store with"
          + " what the journals tell. Reads the store itself, whoever writes to it. Content that"
          + " was erased is no fault. It is evidence against whoever cannot rewrite the whole"
          + " store.",
      "A head says where all journals ended at a moment: with one that was kept elsewhere it is"
          + " evidence against whoever can, of all that was there then. Its first line alone is"
          + " enough, and may be printed. A head that was signed may lie in any place; the key must"
          + " not lie where the store does."
    },
    footer = {
      "",
      "Examples:",
      "  interlock verify-journal",
      "  interlock verify-journal device-1",
      "  interlock verify-journal --write-head /elsewhere/2026-01-31.head",
      "  interlock verify-journal --head /elsewhere/2026-01-31.head",
      "  interlock verify-journal --new-key ~/head.key       and head.key.pub",
      "  interlock verify-journal --write-head today.head --key ~/head.key",
      "  interlock verify-journal --head today.head --public-key ~/head.key.pub"
    })
public final class VerifyJournalCommand extends FolderCommand {
  @Parameters(index = "0", arity = "0..1", paramLabel = "ID", description = "One instance only.")
  private @Nullable String instance;

  @Option(
      names = "--head",
      paramLabel = "FILE",
      description = "Compare the store with this head, too.")
  private @Nullable Path head;

  @Option(
      names = "--public-key",
      paramLabel = "FILE",
      description = "That key must have signed the head: PEM, Ed25519.")
  private @Nullable Path publicKey;

  @Option(
      names = "--write-head",
      paramLabel = "FILE",
      description = "Write the store's head, whole or not, to a name that is free.")
  private @Nullable Path writeHead;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "Sign the head with this key: PEM, PKCS #8, Ed25519.")
  private @Nullable Path key;

  @Option(
      names = "--new-key",
      paramLabel = "FILE",
      description = "Make such a key, and FILE.pub; nothing else.")
  private @Nullable Path newKey;

  public VerifyJournalCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() {
    requireOptions();
    if (newKey != null) {
      Path made = program().path(newKey);
      Path beside = HeadFiles.newPair(made);
      program().output().line("Wrote %s, to sign with, and %s.".formatted(made, beside));
      return ExitCode.OK;
    }
    PrivateKey signing = key == null ? null : HeadFiles.privateKey(program().path(key));
    Head kept = head == null ? null : readHead(program().path(head));
    StoreAt at = storeOfRuns();
    Map<String, Verdict> verdicts = new LinkedHashMap<>();
    List<Fault> others;
    List<String> onRecord;
    try (VerifiableStore store = Stores.toVerify(at)) {
      Verification verification = new Verification(store, MachineFolder.compiler(), kept);
      for (String id : instances(verification.instances())) {
        verdicts.put(id, verification.verify(id));
      }
      others = verification.faults();
      onRecord = verification.onRecord();
      if (writeHead != null) {
        Head now = Head.of(store, program().clock().instant());
        HeadFiles.write(program().path(writeHead), signing == null ? now : now.signed(signing));
      }
    }
    Output output = program().output();
    if (output.json()) {
      List<Object> json = new ArrayList<>();
      verdicts.forEach((id, verdict) -> json.add(json(id, verdict)));
      others.stream()
          .collect(groupingBy(Fault::instance, LinkedHashMap::new, toList()))
          .forEach(
              (of, faults) -> json.add(Map.of("of", of, "whole", false, "faults", json(faults))));
      if (kept != null) {
        json.add(json(kept, onRecord));
      }
      output.value(json);
    } else {
      if (kept != null) {
        print(output, kept, onRecord);
      }
      verdicts.forEach((id, verdict) -> print(output, id, verdict));
      others.forEach(fault -> broken(output, fault));
      output.line(summary(verdicts.values(), others));
      if (writeHead != null) {
        output.line("Wrote the head to %s.".formatted(program().path(writeHead)));
      }
    }
    boolean whole = verdicts.values().stream().allMatch(Verdict::whole) && others.isEmpty();
    return whole ? ExitCode.OK : ExitCode.FAILED;
  }

  private void requireOptions() {
    if (publicKey != null && head == null) {
      throw missing("--public-key without --head", "a head that it belongs to");
    }
    if (key != null && writeHead == null) {
      throw missing("--key without --write-head", "a head to be signed");
    }
  }

  private static Failure missing(String found, String expected) {
    return Failure.of(found, expected, "give both", ExitCode.USAGE);
  }

  private Head readHead(Path file) {
    Head kept = HeadFiles.read(file);
    if (publicKey == null) {
      return kept;
    }
    Path by = program().path(publicKey);
    if (!kept.isSignedBy(HeadFiles.publicKey(by))) {
      throw Failure.of(
          kept.isSigned()
              ? "that %s was not signed with the key that belongs to %s, or was edited"
                  .formatted(file, by)
              : "no signature in " + file,
          "one by the key that belongs to " + by,
          "take the head from where it was kept, or the key that it was signed with; nothing was"
              + " compared");
    }
    return kept;
  }

  private void print(Output output, Head kept, List<String> onRecord) {
    output.line(
        "head    of %s, %s, %s"
            .formatted(
                kept.at(), Text.count(kept.size(), "instance", "instances"), signature(kept)));
    onRecord.forEach(each -> output.line("since   " + each));
  }

  private String signature(Head kept) {
    if (!kept.isSigned()) {
      return "not signed";
    }
    return publicKey != null
        ? "signed by the key of " + publicKey
        : "signed, which was not checked: no --public-key";
  }

  private Object json(Head kept, List<String> onRecord) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("of", "head");
    json.put("at", kept.at().toString());
    json.put("instances", kept.size());
    json.put("signed", kept.isSigned());
    json.put("signatureChecked", publicKey != null);
    json.put("since", onRecord);
    return json;
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
