package dev.interlock.cli.read;

import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.engine.verify.Head;
import dev.interlock.engine.verify.Head.HeadException;
import dev.interlock.local.NewFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/** Heads and the keys that sign them, in files. Keys are Ed25519, as PEM. */
final class HeadFiles {
  private static final String ALGORITHM = "Ed25519";
  private static final String PRIVATE = "PRIVATE KEY";
  private static final String PUBLIC = "PUBLIC KEY";
  private static final int MAX_KEY = 10_000;

  private HeadFiles() {}

  static Head read(Path file) {
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      return Head.read(in);
    } catch (HeadException e) {
      throw new Failure("%s: %s".formatted(file, e.getMessage()), e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** To a name that is free, whole or not at all. */
  static void write(Path file, Head head) {
    try {
      NewFile.make(
          file,
          part -> {
            try (Writer out = Files.newBufferedWriter(part, StandardCharsets.UTF_8)) {
              head.write(out);
            }
          });
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  static PrivateKey privateKey(Path file) {
    byte[] der = der(file, PRIVATE);
    try {
      return KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (GeneralSecurityException e) {
      throw noKey(file, PRIVATE);
    }
  }

  static PublicKey publicKey(Path file) {
    byte[] der = der(file, PUBLIC);
    try {
      return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(der));
    } catch (GeneralSecurityException e) {
      throw noKey(file, PUBLIC);
    }
  }

  /**
   * Makes a pair of keys: the private one in the file, which only this user may read, the public
   * one beside it, which comes first.
   *
   * @return the file of the public key
   */
  static Path newPair(Path file) {
    Path beside = file.resolveSibling(file.getFileName() + ".pub");
    try {
      KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
      String open = pem(PUBLIC, pair.getPublic().getEncoded());
      String secret = pem(PRIVATE, pair.getPrivate().getEncoded());
      NewFile.make(beside, part -> Files.writeString(part, open));
      try {
        NewFile.makePrivate(file, part -> Files.writeString(part, secret));
      } catch (IOException e) {
        Files.delete(beside); // it belongs to nothing
        throw e;
      }
      return beside;
    } catch (IOException e) {
      throw unwritable(file, e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform of today has Ed25519", e);
    }
  }

  private static String pem(String kind, byte[] der) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(kind, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der));
  }

  private static byte[] der(Path file, String kind) {
    String begin = "-----BEGIN %s-----".formatted(kind);
    String end = "-----END %s-----".formatted(kind);
    try {
      String text = Files.size(file) > MAX_KEY ? "" : Files.readString(file);
      int from = text.indexOf(begin);
      int to = text.indexOf(end);
      if (from < 0 || to < from) {
        throw noKey(file, kind);
      }
      return Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
    } catch (IllegalArgumentException e) { // no Base64
      throw noKey(file, kind);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static Failure noKey(Path file, String kind) {
    return Failure.of(
        "%s, which is no %s of Ed25519 in PEM".formatted(file, kind),
        kind.equals(PRIVATE) ? "the key that signs heads" : "the key that belongs to it",
        "name another file; --new-key makes a pair",
        ExitCode.USAGE);
  }

  private static Failure unreadable(Path file, IOException e) {
    return Failure.of(
        e instanceof NoSuchFileException
            ? "no file " + file
            : "that %s cannot be read (%s)".formatted(file, e.getMessage()),
        "a text in UTF-8 that can be read",
        "name another one",
        ExitCode.USAGE);
  }

  private static Failure unwritable(Path file, IOException e) {
    return e instanceof FileAlreadyExistsException
        ? Failure.of(
            String.valueOf(e.getMessage()),
            "a name that is free",
            "name another one: nothing is overwritten")
        : Failure.of(
            "that %s cannot be written (%s)".formatted(file, e.getMessage()),
            "a folder that can be written to, on a disk with room",
            "make room, or name a file in another one; nothing is left of this one");
  }
}
