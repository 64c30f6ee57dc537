package dev.interlock.postgres;

/**
 * Where a database is, and who opens it.
 *
 * @param url {@code jdbc:postgresql://HOST:PORT/DATABASE?NAME=VALUE&…}, with the driver's
 *     parameters; {@code currentSchema} names the schema that holds the tables, {@code interlock}
 *     if it is left out
 * @param user empty means whom the URL names
 * @param password empty means what the URL says, or none
 * @param poolSize so many connections at most
 */
public record PostgresSettings(String url, String user, String password, int poolSize) {
  static final String URL = "jdbc:postgresql:";

  public PostgresSettings {
    if (!url.startsWith(URL)) {
      throw new IllegalArgumentException(
          "found the URL %s, expected one that begins with %s//HOST:PORT/DATABASE"
              .formatted(withoutParameters(url), URL));
    }
    if (poolSize < 1) {
      throw new IllegalArgumentException(
          "found a pool of %d connections, expected 1 or more".formatted(poolSize));
    }
  }

  /** A URL as it may be shown: its parameters may hold a password, and so may what it is not. */
  static String withoutParameters(String url) {
    return url.replaceFirst("(?s)[?&].*", "").replaceFirst("(?s)//.*@", "//");
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "%s as %s, %d connections".formatted(withoutParameters(url), user, poolSize);
  }
}
