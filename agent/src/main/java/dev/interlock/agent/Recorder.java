package dev.interlock.agent;

import dev.interlock.core.json.JsonException;
import dev.interlock.core.machine.Document;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A model that writes down what another replies, a line for each reply, for {@link RecordedModel}
 * to play back. Of the questions only hashes are written, and of the service nothing but the
 * model's id; what the model itself wrote is there in clear, so only the file's owner may read it.
 * It is added to a file that is there. Failures are not recorded. Thread-safe if the other is.
 */
public final class Recorder implements ChatModel, AutoCloseable {
  private final ChatModel model;
  private final Path file;

  /**
   * Records a model.
   *
   * @param file is made if it is not there
   * @throws UncheckedIOException if it cannot be written
   */
  public Recorder(ChatModel model, Path file) {
    this.model = model;
    this.file = file;
    try {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isWritable(file)) {
        throw new UncheckedIOException(new IOException("cannot write " + file, e));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Reply ask(Question question) throws ModelException, InterruptedException {
    return ask(question, Deltas.NONE);
  }

  @Override
  public Reply ask(Question question, Deltas deltas) throws ModelException, InterruptedException {
    Reply reply = model.ask(question, deltas).bounded();
    String line;
    try {
      line = new RecordedExchange(RecordedModel.Asked.of(question), reply).write() + "\n";
    } catch (JsonException e) {
      return reply; // text that is none: it is faulty, and asked for again
    }
    try {
      synchronized (Recorder.class) { // several models may be recorded in one file
        Files.writeString(file, line, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
      }
    } catch (IOException e) {
      throw new ModelException("the reply could not be recorded: " + e, false, null, e);
    }
    return reply;
  }

  @Override
  public boolean sees(Document document) {
    return model.sees(document);
  }

  @Override
  public Reply.Usage estimate(Question question) {
    return model.estimate(question);
  }

  /** Closes the other model, if it can be. */
  @Override
  public void close() {
    if (model instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception e) { // whatever the other throws; who closes sees it
        throw new IllegalStateException("the model could not be closed", e);
      }
    }
  }
}
