package dev.interlock;

import dev.interlock.core.load.Mark;
import dev.interlock.core.load.Node;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Fills {@code ${NAME}} and {@code ${NAME:-default}} in values. {@code $$} stands for one dollar.
 */
final class Variables {
  private static final Pattern USE =
      Pattern.compile(
          "\\$(?:\\$|\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?}|(\\{.*))", Pattern.DOTALL);

  private final Map<String, String> environment;
  private final BiConsumer<Mark, String> unset;
  private final BiConsumer<Mark, String> malformed;

  /**
   * @param unset told of each variable that is not set and has no default
   * @param malformed told of the rest of a text that begins as a variable and is none
   */
  Variables(
      Map<String, String> environment,
      BiConsumer<Mark, String> unset,
      BiConsumer<Mark, String> malformed) {
    this.environment = environment;
    this.unset = unset;
    this.malformed = malformed;
  }

  /** A text with its variables filled in; one that is unset leaves nothing. */
  String fill(Node.Scalar scalar) {
    String text = scalar.text();
    Matcher use = USE.matcher(text);
    StringBuilder filled = new StringBuilder();
    while (use.find()) {
      use.appendReplacement(filled, Matcher.quoteReplacement(value(scalar, use)));
    }
    return use.appendTail(filled).toString();
  }

  private String value(Node.Scalar scalar, Matcher use) {
    if (use.group(3) != null) {
      malformed.accept(place(scalar, use), use.group());
      return "";
    }
    @Nullable String name = use.group(1);
    if (name == null) {
      return "$";
    }
    @Nullable String value = environment.get(name);
    @Nullable String standard = use.group(2);
    // As in a shell, ":-" also stands in for a variable that is set to nothing.
    if (value != null && !(value.isEmpty() && standard != null)) {
      return value;
    }
    if (standard != null) {
      return standard;
    }
    unset.accept(place(scalar, use), name);
    return "";
  }

  private static Mark place(Node.Scalar scalar, Matcher use) {
    return scalar.place().of(scalar.text().codePointCount(0, use.start()));
  }
}
