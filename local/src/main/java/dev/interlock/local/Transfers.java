package dev.interlock.local;

import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Document;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/** The bytes of documents on the socket: so many transfers at once are in memory, others wait. */
final class Transfers {
  static final int MAX = 8;

  private final Semaphore room = new Semaphore(MAX);

  /** Something with the bytes of documents. */
  interface Transfer {
    void run() throws IOException;
  }

  void run(Transfer transfer) throws IOException {
    try {
      room.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    try {
      transfer.run();
    } finally {
      room.release();
    }
  }

  /** Why what a request names is not read at all; empty if it is. */
  static String tooMuch(List<Map<String, Object>> named) throws IOException {
    long bytes = 0;
    for (Map<String, Object> one : named) {
      bytes += Math.clamp(Wire.number(one, "size"), 0, Document.MAX_BYTES + 1);
    }
    return named.size() <= Document.MAX_DOCUMENTS && bytes <= Document.MAX_BYTES
        ? ""
        : "documents of a message: found %d of %,d bytes or more, at most %d of %,d; send less at once"
            .formatted(named.size(), bytes, Document.MAX_DOCUMENTS, Document.MAX_BYTES);
  }

  /** Reads the documents that a request names, by field. */
  static Map<String, List<Attachment>> read(InputStream in, List<Map<String, Object>> named)
      throws IOException {
    Map<String, List<Attachment>> documents = new LinkedHashMap<>();
    for (Map<String, Object> one : named) {
      byte[] bytes = Wire.bytes(in, Wire.number(one, "size"));
      documents
          .computeIfAbsent(Wire.text(one, "field"), field -> new ArrayList<>())
          .add(Attachment.of(Wire.text(one, "name"), bytes));
    }
    return documents;
  }
}
