package dev.interlock.engine.verify;

import dev.interlock.core.journal.Holdings;
import dev.interlock.core.journal.StoreChain;
import dev.interlock.core.journal.StoreChain.Link;
import dev.interlock.core.journal.VerifiableStore;
import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a store's chain and its journals ended at a moment: kept elsewhere, it is evidence against
 * whoever rewrites the whole store, of all that was there then.
 *
 * <p>Written as lines of JSON. The first is the {@link #statement}: it alone is the evidence, and
 * may be printed and typed in again. The second is its signature, if it was signed. The others name
 * each instance, so that what is missing can be named.
 */
public final class Head {
  /** The format's version. */
  private static final long FORMAT = 1;

  private static final int MAX_LINE = 64 << 10;
  private static final long MAX_INSTANCES = 10_000_000;

  private static final String SIGNATURE = "Ed25519";

  private final String statement;
  private final @Nullable String signature;
  private final List<Newest> instances;

  // as the statement says
  private final String store;
  private final Instant at;
  private final Map<Integer, End> lanes;
  private final long size;

  /** Where a lane of the store's chain ended. */
  record End(long position, String hash) {}

  /** Where a journal ended. */
  record Newest(String instance, long seq, String hash) {}

  /** A text is not that of a head. */
  public static final class HeadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HeadException(String found) {
      super(
          "found %s, expected a head as `verify-journal --write-head` writes it".formatted(found));
    }
  }

  /** Throws what reading a text throws that is no statement. */
  private Head(String statement, @Nullable String signature, List<Newest> instances) {
    this.statement = statement;
    this.signature = signature;
    this.instances = instances;
    Map<String, Object> said = Json.parseObject(statement);
    if (!Long.valueOf(FORMAT).equals(said.get("head"))) {
      throw new HeadException("a first line that is not of format " + FORMAT);
    }
    this.store = (String) member(said, "store");
    this.at = Instant.parse((String) member(said, "at"));
    this.lanes = ends(member(said, "lanes"));
    this.size = (Long) member(said, "instances");
    boolean listed = instances.size() == size && digest(instances).equals(said.get("list"));
    if (!listed && !instances.isEmpty()) {
      throw new HeadException("a list of instances that is not the one its first line names");
    }
  }

  private static Object member(Map<String, Object> said, String name) {
    return Objects.requireNonNull(said.get(name));
  }

  /**
   * The head of a store as it is at one moment, whether it is whole or not.
   *
   * @param at what is said of the moment
   */
  public static Head of(VerifiableStore store, Instant at) {
    List<Head> made = new ArrayList<>();
    store.atOneMoment(holdings -> made.add(of(holdings, at)));
    return made.getFirst();
  }

  private static Head of(Holdings holdings, Instant at) {
    Map<Integer, Link> lanes = new TreeMap<>();
    holdings.links(link -> lanes.put(link.lane(), link)); // the last one stays
    Map<String, Newest> instances = new LinkedHashMap<>();
    holdings.hashes(
        it -> instances.put(it.instance(), new Newest(it.instance(), it.seq(), it.hash())));
    List<Object> ends = new ArrayList<>();
    lanes.forEach((lane, link) -> ends.add(List.of((long) lane, link.position(), link.hash())));
    List<Newest> list = List.copyOf(instances.values());
    String statement =
        Json.write(
            Map.of(
                "head",
                FORMAT,
                "store",
                store(lanes.get(StoreChain.BEGIN)),
                "at",
                at.toString(),
                "lanes",
                ends,
                "instances",
                (long) list.size(),
                "list",
                digest(list)));
    return new Head(statement, null, list);
  }

  /** What the store is called; nothing if its first link does not say so. */
  private static String store(@Nullable Link begin) {
    try {
      return begin == null
          ? ""
          : String.valueOf(Json.parseObject(begin.record()).getOrDefault("store", ""));
    } catch (JsonException e) {
      return "";
    }
  }

  // ---- as text

  /** The first line: the store, the moment, where its chain ended, and the hash of the list. */
  public String statement() {
    return statement;
  }

  /** All lines. */
  public void write(Appendable out) throws IOException {
    out.append(statement).append('\n');
    if (signature != null) {
      out.append(Json.write(Map.of("signature", signature))).append('\n');
    }
    for (Newest each : instances) {
      out.append(line(each)).append('\n');
    }
  }

  private static String line(Newest newest) {
    return Json.write(List.of(newest.instance(), newest.seq(), newest.hash()));
  }

  private static String digest(List<Newest> instances) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Newest each : instances) {
        digest.update((line(each) + '\n').getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Reads what was written, or its first line, or its first two. No more is read than a head may
   * have, whatever it is.
   *
   * @throws HeadException if it is none
   */
  public static Head read(Reader in) throws IOException {
    try {
      String statement = line(in);
      if (statement == null) {
        throw new HeadException("nothing");
      }
      String signature = null;
      List<Newest> instances = new ArrayList<>();
      String line = line(in);
      if (line != null && line.startsWith("{")) {
        signature = (String) Objects.requireNonNull(Json.parseObject(line).get("signature"));
        line = line(in);
      }
      while (line != null) {
        if (instances.size() == MAX_INSTANCES) {
          throw new HeadException("more than %,d instances".formatted(MAX_INSTANCES));
        }
        List<?> one = (List<?>) Json.parse(line);
        instances.add(new Newest((String) one.get(0), (Long) one.get(1), (String) one.get(2)));
        line = line(in);
      }
      return new Head(statement, signature, instances);
    } catch (JsonException
        | ClassCastException
        | NullPointerException
        | IndexOutOfBoundsException
        | ArithmeticException
        | DateTimeException e) { // of whatever text it is
      throw new HeadException("a text that is none, or was cut");
    }
  }

  /** The next line that is not blank, or null. */
  private static @Nullable String line(Reader in) throws IOException {
    StringBuilder line = new StringBuilder();
    int next;
    do {
      line.setLength(0);
      next = in.read();
      while (next >= 0 && next != '\n') {
        if (line.length() == MAX_LINE) {
          throw new HeadException("a line of more than %,d characters".formatted(MAX_LINE));
        }
        line.append((char) next);
        next = in.read();
      }
    } while (next >= 0 && line.toString().isBlank());
    String text = line.toString().strip();
    return text.isEmpty() ? null : text;
  }

  private static Map<Integer, End> ends(Object lanes) {
    Map<Integer, End> ends = new TreeMap<>();
    for (Object each : (List<?>) lanes) {
      List<?> lane = (List<?>) each;
      ends.put(
          Math.toIntExact((Long) lane.get(0)), new End((Long) lane.get(1), (String) lane.get(2)));
    }
    return ends;
  }

  // ---- who says so

  /** The same, signed. */
  public Head signed(PrivateKey key) {
    try {
      Signature signing = Signature.getInstance(SIGNATURE);
      signing.initSign(key);
      signing.update(statement.getBytes(StandardCharsets.UTF_8));
      return new Head(statement, Base64.getEncoder().encodeToString(signing.sign()), instances);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("found a key of another kind, expected Ed25519", e);
    }
  }

  /** Whether it was signed, by whomever. */
  public boolean isSigned() {
    return signature != null;
  }

  /** Whether it was signed with the private key that belongs to this one. */
  public boolean isSignedBy(PublicKey key) {
    if (signature == null) {
      return false;
    }
    try {
      Signature verifying = Signature.getInstance(SIGNATURE);
      verifying.initVerify(key);
      verifying.update(statement.getBytes(StandardCharsets.UTF_8));
      return verifying.verify(Base64.getDecoder().decode(signature));
    } catch (GeneralSecurityException | IllegalArgumentException e) { // no signature at all
      return false;
    }
  }

  // ---- what it says

  /** When it was made, as whoever made it said. */
  public Instant at() {
    return at;
  }

  /** How many instances the store had. */
  public long size() {
    return size;
  }

  /** What the store is called. */
  String store() {
    return store;
  }

  Map<Integer, End> lanes() {
    return lanes;
  }

  /** None if it is only a statement. */
  List<Newest> instances() {
    return instances;
  }
}
