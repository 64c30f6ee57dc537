package dev.interlock.core.load;

import org.snakeyaml.engine.v2.common.ScalarStyle;

/**
 * Finds the characters of a scalar's text in the file, whatever its style: quotes, escapes, folds
 * and the indentation of blocks lie between them.
 *
 * <p>White space aside, the characters of the text stand in the file in the same order, so both are
 * walked side by side. Computed when asked for: most scalars never are.
 *
 * @param start where the scalar begins in the source: its quote or its block indicator, if any
 */
record ScalarPlace(Source source, String text, ScalarStyle style, int start) implements Node.Place {

  @Override
  public Mark of(int offset) {
    int[] characters = text.codePoints().toArray();
    int at = firstCharacter();
    for (int i = 0; i < characters.length; i++) {
      at = find(characters[i], at);
      if (i == offset) {
        return source.mark(at);
      }
      at = after(characters[i], at);
    }
    return source.mark(at);
  }

  private int firstCharacter() {
    return switch (style) {
      case SINGLE_QUOTED, DOUBLE_QUOTED -> start + 1;
      case LITERAL, FOLDED -> {
        int at = start;
        while (at < source.length() && !lineBreak(source.at(at))) {
          at++;
        }
        yield at + 1;
      }
      case PLAIN, JSON_SCALAR_STYLE -> start;
    };
  }

  /** Where that character stands, at or after a place. */
  private int find(int character, int from) {
    int at = from;
    while (continuesLine(at)) {
      at = pastWhite(at + 1);
    }
    if (white(character)) {
      return at;
    }
    at = pastWhite(at);
    while (continuesLine(at)) {
      at = pastWhite(at + 1);
    }
    return at;
  }

  private int pastWhite(int from) {
    int at = from;
    while (at < source.length() && white(source.at(at))) {
      at++;
    }
    return at;
  }

  /** The place behind that character. */
  private int after(int character, int at) {
    if (style == ScalarStyle.DOUBLE_QUOTED && source.at(at) == '\\') {
      return switch (source.at(at + 1)) {
        case 'x' -> at + 4;
        case 'u' -> at + 6;
        case 'U' -> at + 10;
        default -> at + 2;
      };
    }
    if (style == ScalarStyle.SINGLE_QUOTED && character == '\'') {
      return at + 2;
    }
    return white(character) && !white(source.at(at)) ? at : at + 1;
  }

  private boolean continuesLine(int at) {
    return style == ScalarStyle.DOUBLE_QUOTED
        && source.at(at) == '\\'
        && lineBreak(source.at(at + 1));
  }

  private static boolean lineBreak(int character) {
    return character == '\n' || character == '\r';
  }

  private static boolean white(int character) {
    return character == ' ' || character == '\t' || lineBreak(character);
  }
}
