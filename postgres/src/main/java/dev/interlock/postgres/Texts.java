package dev.interlock.postgres;

/**
 * How a text stands in the database: as it is, so that it can be read there, save that PostgreSQL
 * has no U+0000. That is written as U+001A and {@code 0}, and U+001A as U+001A and {@code 1}. JSON
 * holds neither.
 */
final class Texts {
  private static final String MARK = "\u001a";
  private static final String NUL = "\u0000";

  private Texts() {}

  static String encode(String text) {
    return text.replace(MARK, MARK + '1').replace(NUL, MARK + '0');
  }

  static String decode(String stored) {
    return stored.replace(MARK + '0', NUL).replace(MARK + '1', MARK);
  }
}
