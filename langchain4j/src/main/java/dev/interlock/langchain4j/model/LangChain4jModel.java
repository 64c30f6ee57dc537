package dev.interlock.langchain4j.model;

import dev.interlock.core.machine.Document;
import dev.interlock.core.machine.MediaType;
import dev.interlock.core.prompt.Price;
import dev.interlock.core.prompt.Priced;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model through LangChain4j's interfaces. Thread-safe if the object is.
 *
 * <p>Arguments are the text that the object hands over: exact where its provider sends them as
 * text, as OpenAI's format does; where its client parses them, numbers are what that made of them.
 * The object's interface has one text and a list of calls: whatever order the model gave them, a
 * reply is its thinking, its text, its calls. Thinking and attributes are handed back to the same
 * model. What the provider does not say of tokens is estimated.
 *
 * <p>An object that is handed in keeps its own time-outs and retries; switch its retries off
 * ({@code maxRetries(0)}), since the engine retries.
 */
public final class LangChain4jModel implements Priced {
  private final Asked model;
  private final String provider;
  private final String name;
  private final Map<String, Price> prices;
  private final boolean saysWhyItStopped;
  private final Set<MediaType> sees;

  private LangChain4jModel(
      Asked model,
      ModelProvider provider,
      ChatRequestParameters parameters,
      Map<String, Price> prices,
      boolean saysWhyItStopped) {
    this(
        model,
        "langchain4j/" + provider + "/" + name(parameters),
        name(parameters),
        prices,
        saysWhyItStopped,
        Set.of());
  }

  private LangChain4jModel(
      Asked model,
      String provider,
      String name,
      Map<String, Price> prices,
      boolean saysWhyItStopped,
      Set<MediaType> sees) {
    this.model = model;
    this.provider = provider;
    this.name = name;
    this.prices = Map.copyOf(prices);
    this.saysWhyItStopped = saysWhyItStopped;
    this.sees = Set.copyOf(sees);
  }

  private static String name(ChatRequestParameters parameters) {
    return parameters.modelName() == null ? "" : parameters.modelName();
  }

  /**
   * A model object. Its replies come whole.
   *
   * @param prices by the model's id, as it was asked for or as the reply names it
   */
  public static LangChain4jModel of(
      dev.langchain4j.model.chat.ChatModel model, Map<String, Price> prices) {
    return new LangChain4jModel(
        (request, deltas) -> model.chat(request),
        model.provider(),
        model.defaultRequestParameters(),
        prices,
        false);
  }

  /**
   * A model object whose replies are told while they come. A stream that ends without a reason to
   * stop has broken off and is no reply.
   *
   * @param prices as in the other one
   */
  public static LangChain4jModel of(StreamingChatModel model, Map<String, Price> prices) {
    return new LangChain4jModel(
        (request, deltas) -> Stream.of(model, request, deltas),
        model.provider(),
        model.defaultRequestParameters(),
        prices,
        true);
  }

  /**
   * The same, shown documents of these types as images and PDF files. Without, it is shown none,
   * since an object does not say what its model can see.
   */
  public LangChain4jModel seeing(Set<MediaType> types) {
    return new LangChain4jModel(model, provider, name, prices, saysWhyItStopped, types);
  }

  @Override
  public boolean sees(Document document) {
    return MediaType.of(document.mediaType()).filter(sees::contains).isPresent();
  }

  /** OpenAI's format by a client of ours: its replies say why the model stopped, or broke off. */
  static LangChain4jModel openAi(
      Asked model, ChatRequestParameters parameters, Map<String, Price> prices) {
    return new LangChain4jModel(model, ModelProvider.OPEN_AI, parameters, prices, true);
  }

  /** How an object is asked. */
  interface Asked {
    @Nullable ChatResponse ask(ChatRequest request, Deltas deltas) throws Exception;
  }

  @Override
  public Reply ask(Question question) throws ModelException, InterruptedException {
    return ask(question, Deltas.NONE);
  }

  @Override
  public Reply ask(Question question, Deltas deltas) throws ModelException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("the question was abandoned");
    }
    @Nullable ChatResponse response;
    try {
      response = model.ask(Requests.of(question, provider), deltas);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) { // whatever an object throws: there is no reply
      if (Failures.cause(e, ContentFilteredException.class) != null) {
        List<Reply.Part> none = List.of();
        Price price = price(name);
        return new Reply(none, Reply.Stop.DECLINED, name, price.estimate(question, none));
      }
      throw Failures.of(e);
    }
    if (response == null || response.aiMessage() == null) {
      throw new ModelException("the model object gave no message", true, null, null);
    }
    return reply(question, response);
  }

  private Reply reply(Question question, ChatResponse response) throws ModelException {
    List<Reply.Part> parts = Replies.parts(response, question.number(), provider);
    Reply.Stop stop = Replies.stop(response, parts, saysWhyItStopped);
    String said = response.metadata().modelName();
    String answered = said == null || said.isEmpty() ? name : said;
    Price price = prices.containsKey(name) ? price(name) : price(answered);
    return new Reply(parts, stop, answered, Replies.usage(response, price, question, parts));
  }

  @Override
  public String name() {
    return name;
  }

  /** Whether there is a price of its id; of any, if the object does not say it. */
  @Override
  public boolean priced() {
    return name.isEmpty() ? !prices.isEmpty() : prices.containsKey(name);
  }

  @Override
  public LangChain4jModel priced(Map<String, Price> others) {
    Map<String, Price> all = new HashMap<>(others);
    all.putAll(prices);
    return new LangChain4jModel(model, provider, name, all, saysWhyItStopped, sees);
  }

  private Price price(String id) {
    return prices.getOrDefault(id, Price.NONE);
  }

  @Override
  public Reply.Usage estimate(Question question) {
    return price(name).estimate(question);
  }
}
