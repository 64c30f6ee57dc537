package dev.interlock;

import dev.interlock.core.load.LoadCode;
import dev.interlock.core.load.Node;
import dev.interlock.core.load.Reader;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where something is sent that others must not read: over TLS, unless it stays on this machine. */
final class WebAddress {
  private static final Set<String> OF_THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

  private WebAddress() {}

  /**
   * Reads it; null if it is none, which is reported.
   *
   * @param text what the word says with its variables filled in; empty where one is not set
   */
  static @Nullable URI read(Reader reader, Node.Scalar word, String text) {
    @Nullable URI url = text.isEmpty() ? URI.create("https://unset.invalid") : usable(text);
    if (url == null) {
      reader.report(
          word.mark(),
          LoadCode.FORM,
          word.described(),
          "a URL that begins with https:// (http:// only to this machine)",
          null);
    }
    return url;
  }

  private static @Nullable URI usable(String text) {
    try {
      URI url = new URI(text);
      String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
      @Nullable String host = url.getHost();
      return host != null
              && (scheme.equals("https")
                  || (scheme.equals("http") && OF_THIS_MACHINE.contains(host)))
          ? url
          : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }
}
