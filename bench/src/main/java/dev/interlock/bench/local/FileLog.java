package dev.interlock.bench.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The limit: a file that is appended to and synced with {@code fdatasync}, and knows nothing of
 * what it is given.
 */
final class FileLog implements AutoCloseable {
  private static final int MAX_GROUP = 256;

  private final FileChannel file;
  private final BlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();

  private record Waiting(ByteBuffer bytes, CompletableFuture<Void> durable) {}

  FileLog(Path path) throws IOException {
    this.file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    Thread.ofPlatform().daemon().start(this::run);
  }

  /** Appends one after the other, each durable before the next, and gives the nanoseconds. */
  long one(List<byte[]> records) throws IOException {
    long begun = System.nanoTime();
    for (byte[] each : records) {
      write(List.of(ByteBuffer.wrap(each)));
    }
    return System.nanoTime() - begun;
  }

  /** The same by so many at once, who share the syncs, and gives the nanoseconds. */
  long grouped(List<byte[]> records, int writers) throws InterruptedException {
    CountDownLatch all = new CountDownLatch(writers);
    long begun = System.nanoTime();
    for (int i = 0; i < writers; i++) {
      Thread.startVirtualThread(() -> {
        for (byte[] each : records) {
          Waiting waiting = new Waiting(ByteBuffer.wrap(each), new CompletableFuture<>());
          queue.add(waiting);
          waiting.durable().join();
        }
        all.countDown();
      });
    }
    all.await();
    return System.nanoTime() - begun;
  }

  private void run() {
    try {
      while (true) {
        List<Waiting> group = new ArrayList<>();
        group.add(queue.take());
        queue.drainTo(group, MAX_GROUP - 1);
        write(group.stream().map(Waiting::bytes).toList());
        group.forEach(each -> each.durable().complete(null));
      }
    } catch (InterruptedException | IOException e) {
      throw new IllegalStateException("the log ends", e);
    }
  }

  private void write(List<ByteBuffer> group) throws IOException {
    ByteBuffer all =
        ByteBuffer.allocateDirect(group.stream().mapToInt(ByteBuffer::remaining).sum());
    group.forEach(all::put);
    all.flip();
    while (all.hasRemaining()) {
      file.write(all);
    }
    file.force(false);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
