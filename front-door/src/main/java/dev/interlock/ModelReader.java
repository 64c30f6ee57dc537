package dev.interlock;

import dev.interlock.Configuration.Model;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.load.LoadCode;
import dev.interlock.core.load.MappingReader;
import dev.interlock.core.load.Node;
import dev.interlock.core.load.Reader;
import dev.interlock.core.machine.MediaType;
import dev.interlock.core.prompt.Price;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Reads {@code model} and {@code prices} of {@code interlock.yaml}. */
final class ModelReader {
  /** The most models that are asked one after the other. */
  static final int MAX_MODELS = 10;

  /** So that what any number of tokens costs is exact within 34 digits. */
  private static final int MAX_PRICE_DIGITS = 12;

  private static final List<String> KINDS = List.of("scripted", "recorded", "anthropic", "openai");

  private final Reader reader;
  private final Variables variables;
  private final BiFunction<Node.Scalar, String, Path> path;

  /**
   * @param path what a word says; the other text is the standard
   */
  ModelReader(Reader reader, Variables variables, BiFunction<Node.Scalar, String, Path> path) {
    this.reader = reader;
    this.variables = variables;
    this.path = path;
  }

  /** One, or a list in the order in which they are asked; none if nothing is said. */
  List<Model> models(MappingReader file) {
    @Nullable Node node = file.take("model");
    if (node == null) {
      return List.of();
    }
    List<Node> nodes = node instanceof Node.Sequence list ? list.items() : List.of(node);
    if (nodes.isEmpty() || nodes.size() > MAX_MODELS) {
      reader.report(
          node.mark(),
          LoadCode.SETTINGS,
          "a list of %d models".formatted(nodes.size()),
          "one model, or 2 to %d in the order in which they are asked".formatted(MAX_MODELS),
          null);
      return List.of();
    }
    List<Model> models = new ArrayList<>();
    for (Node each : nodes) {
      @Nullable MappingReader one = reader.mapping(each, "`model` of " + Configuration.FILE);
      @Nullable Model read = one == null ? null : model(one);
      if (read != null) {
        models.add(read);
      }
    }
    return models;
  }

  private @Nullable Model model(MappingReader model) {
    List<String> kinds = KINDS.stream().filter(model::has).toList();
    if (kinds.size() != 1) {
      reader.report(
          model.mark(),
          LoadCode.SETTINGS,
          kinds.isEmpty() ? "a model of no known kind" : "a model of two kinds",
          "{scripted: FILE}, {recorded: FILE}, {anthropic: MODEL-ID, key: \"${ANTHROPIC_API_KEY}\"}"
              + " or {openai: MODEL-ID, url: URL, key: \"${OPENAI_API_KEY}\"}",
          null);
    }
    @Nullable Model read = null;
    for (String kind : kinds) {
      Node.@Nullable Scalar word = model.word(kind);
      if (word != null) {
        read =
            switch (kind) {
              case "scripted" -> new Model.Scripted(path.apply(word, "script.yaml"), word.mark());
              case "recorded" -> new Model.Recorded(path.apply(word, "replies.jsonl"), word.mark());
              case "anthropic" -> service(model, variables.fill(word), true);
              default -> service(model, variables.fill(word), false);
            };
      }
    }
    model.done();
    return read;
  }

  private Model service(MappingReader model, String id, boolean anthropic) {
    @Nullable String url = filled(model.word("url"));
    boolean keyless = !anthropic && url != null;
    @Nullable String key = filled(keyless ? model.word("key") : model.needWord("key"));
    @Nullable Long most = model.whole("maxTokens", 1);
    int maxTokens =
        most == null ? Model.DEFAULT_MAX_TOKENS : (int) Math.min(most, Integer.MAX_VALUE);
    boolean stream = model.bool("stream", true);
    Model.Service service = new Model.Service(id, key == null ? "" : key, url, maxTokens, stream);
    return anthropic ? new Model.Anthropic(service) : new Model.OpenAi(service, sees(model));
  }

  /** An endpoint does not say what its model can be shown. */
  private Set<MediaType> sees(MappingReader model) {
    Set<MediaType> sees = EnumSet.noneOf(MediaType.class);
    for (Node.Scalar word : model.words("sees")) {
      MediaType.of(word.text())
          .ifPresentOrElse(
              sees::add,
              () ->
                  reader.unknown(
                      word.mark(),
                      LoadCode.UNKNOWN_WORD,
                      "media type",
                      word.text(),
                      Arrays.stream(MediaType.values()).map(MediaType::word).toList()));
    }
    return sees;
  }

  private @Nullable String filled(Node.@Nullable Scalar word) {
    return word == null ? null : variables.fill(word);
  }

  /** By model, per million tokens. */
  Map<String, Price> prices(MappingReader file) {
    Map<String, Price> prices = new LinkedHashMap<>();
    for (Node.Member member : file.members("prices")) {
      @Nullable MappingReader price = reader.mapping(member.node(), "the price of " + member.key());
      if (price != null) {
        BigDecimal input = amount(price, "input", true);
        BigDecimal output = amount(price, "output", true);
        BigDecimal cached = price.has("cachedInput") ? amount(price, "cachedInput", false) : input;
        price.done();
        prices.put(member.key(), new Price(input, output, cached));
      }
    }
    return prices;
  }

  private BigDecimal amount(MappingReader price, String key, boolean needed) {
    @Nullable Node node = needed ? price.need(key) : price.take(key);
    @Nullable Decimal amount =
        node == null ? null : reader.number(node, "`" + key + "` of a price");
    if (node == null || amount == null) {
      return BigDecimal.ZERO;
    }
    BigDecimal value = amount.value();
    if (value.signum() < 0 || digits(value) > MAX_PRICE_DIGITS) {
      reader.report(
          node.mark(),
          LoadCode.RANGE,
          node.described(),
          "a price per million tokens, at least 0, of at most %d digits"
              .formatted(MAX_PRICE_DIGITS),
          null);
    }
    return value;
  }

  /** Of a number without an exponent, on both sides of its point. */
  private static int digits(BigDecimal value) {
    BigDecimal plain = value.stripTrailingZeros();
    return Math.max(1, plain.precision() - plain.scale()) + Math.max(0, plain.scale());
  }
}
