package dev.interlock.temporal;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import dev.interlock.core.decide.Effect;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.prompt.Reply;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What travels through Temporal: the journal's own JSON, which Temporal's default converter reads
 * and writes as it stands, so that an application's own client and worker need no other.
 */
@JsonAutoDetect(
    getterVisibility = JsonAutoDetect.Visibility.NONE,
    fieldVisibility = JsonAutoDetect.Visibility.NONE)
@JsonSerialize(using = Payload.Writer.class)
@JsonDeserialize(using = Payload.Reader.class)
public sealed interface Payload {
  /**
   * A run of the workflow begins.
   *
   * @param id of the instance
   * @param pin of the machine
   * @param instance what the run goes on from; null if it is yet to be started, or is too large to
   *     travel: then it lies in the store, as entry {@code written} leaves it
   * @param written the newest entry that the store is known to have
   * @param escalations {@code State:Reason} of those before this run
   * @param started what an instance begins with that is a child of another workflow, or null
   * @param retaken what the run before this one had taken, if that was reset and found that the
   *     journal has gone on otherwise: what of it the journal does not have is taken again
   * @param why it begins, or null
   */
  record Begin(
      String id,
      String pin,
      @Nullable Instance instance,
      long written,
      List<String> escalations,
      Occurrence.@Nullable Started started,
      @Nullable List<Occurrence.Sent> retaken,
      @Nullable Why why)
      implements Payload {
    /** Why a run begins, where that matters to it. */
    enum Why {
      /** As a fork, with the entry that makes it one: until that has come it is none. */
      FORK,
      /** The server prefers workers of another version than those of the run before it. */
      VERSION
    }

    /** Runs that began before a component was added have none. */
    public Begin {
      escalations = Objects.requireNonNullElse(escalations, List.of());
    }

    /** An instance that an update will start. */
    static Begin unborn(String id, String pin) {
      return new Begin(id, pin, null, 0, List.of(), null, null, null);
    }

    /** An instance that is a child of another workflow. */
    static Begin child(String id, String pin, Occurrence.Started started) {
      return new Begin(id, pin, null, 0, List.of(), started, null, null);
    }

    /** An instance whose journal has gone on otherwise than its run, with what that has taken. */
    static Begin recorded(
        Begin run, Carriage.Recorded recorded, List<String> escalations, List<Entry> taken) {
      List<Occurrence.Sent> sent = new ArrayList<>();
      for (Entry entry : taken) {
        if (entry.occurrence() instanceof Occurrence.Sent it
            && (entry.seq() > recorded.seq() || recorded.news().contains(it.id()))) {
          sent.add(it);
        }
      }
      return new Begin(run.id(), run.pin(), null, recorded.newest(), escalations, null, sent, null);
    }

    /** Whether a run begins with other search attributes than the instance's own, or none. */
    boolean anew() {
      return started != null || retaken != null;
    }

    /** An instance whose newest entry is in the store. */
    static Begin goingOn(
        String pin, Instance instance, List<String> escalations, @Nullable Why why) {
      boolean small = JournalJson.write(instance).length() <= Carriage.MAX_CARRIED;
      return new Begin(
          instance.id(),
          pin,
          small ? instance : null,
          instance.seq(),
          escalations,
          null,
          null,
          why);
    }
  }

  /**
   * Something that is sent. Its time is not looked at: the workflow has its own.
   *
   * @param pin of the machine that an instance is to be started of; null if it is no start
   */
  record Letter(Occurrence.Sent sent, @Nullable String pin) implements Payload {}

  /**
   * It was taken.
   *
   * @param seq of the entry
   * @param note what the sender should know, or empty
   */
  record Taken(long seq, String note) implements Payload {}

  /**
   * Something to carry out.
   *
   * @param pin of the machine
   * @param seq the newest entry when it was asked for
   * @param entries that the store may not have yet, up to that
   * @param effect null if the entries are all, or the instance tells the rest
   */
  record Work(String instance, String pin, long seq, List<Entry> entries, @Nullable Effect effect)
      implements Payload {}

  /** What came of it, in order; the time in each is not looked at. */
  record Found(List<Occurrence.Reported> occurrences) implements Payload {
    static Found of(Occurrence.Reported... occurrences) {
      return new Found(List.of(occurrences));
    }
  }

  /**
   * The end of a journal.
   *
   * @param pin of the machine
   * @param written the newest entry that the store is known to have
   * @param entries those after it
   */
  record Tail(String pin, long written, List<Entry> entries) implements Payload {}

  /**
   * What became of the attempts at a question before this one.
   *
   * @param model which one is to be asked, from 0
   * @param tries how often that was tried
   * @param whys why each before it gave no reply
   * @param asking whether an attempt is under way: nobody knows of its reply if it is lost
   * @param lost what replies are likely to have taken of which nobody knows
   * @param overflow true if one of those models said that the question is too long, else null
   */
  record Tried(
      int model,
      int tries,
      List<String> whys,
      boolean asking,
      List<Reply.Usage> lost,
      @Nullable Boolean overflow)
      implements Payload {
    static final Tried NOTHING = new Tried(0, 0, List.of(), false, List.of(), null);
  }

  /**
   * What became of the attempts at a call before this one.
   *
   * @param tries how many there were
   * @param sending whether one is under way
   * @param unsettled whether one may have had its effect
   */
  record Sent(int tries, boolean sending, boolean unsettled) implements Payload {
    static final Sent NOTHING = new Sent(0, false, false);
  }

  /** Writes any of them. */
  final class Writer extends JsonSerializer<Payload> {
    @Override
    public void serialize(Payload value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeRawValue(JournalJson.write(value.getClass(), value));
    }
  }

  /** Reads the one that is expected. */
  final class Reader extends JsonDeserializer<Payload> implements ContextualDeserializer {
    private final Class<? extends Payload> type;

    public Reader() {
      this(Payload.class);
    }

    private Reader(Class<? extends Payload> type) {
      this.type = type;
    }

    @Override
    public JsonDeserializer<?> createContextual(
        DeserializationContext context, @Nullable BeanProperty property) {
      return new Reader(context.getContextualType().getRawClass().asSubclass(Payload.class));
    }

    @Override
    public Payload deserialize(JsonParser in, DeserializationContext context) throws IOException {
      StringWriter text = new StringWriter();
      try (JsonGenerator copy = in.getCodec().getFactory().createGenerator(text)) {
        copy.copyCurrentStructureExact(in); // a tree would round decimals
      }
      return JournalJson.read(type, text.toString());
    }
  }
}
