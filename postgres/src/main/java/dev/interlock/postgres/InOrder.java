package dev.interlock.postgres;

import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Store.Append;
import dev.interlock.core.journal.Store.Claim;
import dev.interlock.core.journal.Store.Create;
import dev.interlock.core.journal.Store.PutDocument;
import dev.interlock.core.journal.Store.PutMachine;
import dev.interlock.core.journal.Store.PutMark;
import dev.interlock.core.journal.Store.PutResult;
import dev.interlock.core.journal.Store.Remember;
import dev.interlock.core.journal.Store.Row;
import dev.interlock.core.journal.Store.Snapshot;
import dev.interlock.core.journal.Store.Update;
import dev.interlock.core.journal.Store.Write;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The writes of a commit as statements, in one order of tables and keys, whatever order they came
 * in: two commits never wait for each other in a circle, and each table's rows go out together.
 * Where their own order matters, among those of one key and among an instance's entries, it is
 * kept.
 */
final class InOrder {
  private static final Comparator<Write> ORDER =
      Comparator.<Write>comparingInt(InOrder::table).thenComparing(InOrder::place);

  private InOrder() {}

  static List<Step> steps(List<Write> writes) {
    List<Step> steps = new ArrayList<>();
    writes.stream().sorted(ORDER).forEach(write -> add(write, steps));
    return steps;
  }

  private static int table(Write write) {
    return switch (write) {
      case PutMachine machine -> 0;
      case Create create -> 1;
      case Append append -> 2;
      case Remember sent -> 3;
      case PutResult result -> 4;
      case PutDocument document -> 5;
      case PutMark mark -> 6;
      case Claim claim -> 6;
      case Update update -> 7;
    };
  }

  private static String place(Write write) {
    return switch (write) {
      case PutMachine machine -> machine.pin();
      case Create create -> create.instance();
      case Append(SealedEntry entry) -> entry.instance();
      case Remember(String instance, String id) -> instance + '\0' + id;
      case PutResult result -> result.instance() + '\0' + result.ref();
      case PutDocument put -> put.instance() + '\0' + put.document().document().hash();
      case PutMark mark -> mark.instance() + '\0' + mark.key();
      case Claim claim -> claim.instance() + '\0' + claim.key();
      case Update(Row row, Snapshot snapshot) -> row.instance();
    };
  }

  private static void add(Write write, List<Step> steps) {
    switch (write) {
      case PutMachine machine -> steps.add(BesideTables.put(machine));
      case Create create -> steps.add(EntryTable.create(create));
      case Append(SealedEntry entry) -> steps.add(EntryTable.append(entry));
      case Remember sent -> steps.add(BesideTables.put(sent));
      case PutResult result -> steps.add(BesideTables.put(result));
      case PutDocument document -> steps.add(BesideTables.put(document));
      case PutMark mark -> steps.add(BesideTables.put(mark));
      case Claim claim -> steps.add(BesideTables.put(claim));
      case Update(Row row, Snapshot snapshot) -> {
        steps.add(InstanceTable.put(row));
        if (snapshot != null) {
          steps.add(BesideTables.put(snapshot));
        }
      }
    }
  }
}
