package dev.wsn.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.crypto.SecretKey;
import dev.wsn.kademlia.Parameters;
import dev.wsn.resolver.Resolution;
import dev.wsn.wire.Limits;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bug stops the node and is heard of; what is wrong with the options is said at once. */
class DhtNodeFailureTest {
  private final Path directory;

  DhtNodeFailureTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private DhtNode.Options options(DhtNode.Storage storage, LongSupplier monotonicMillis) {
    return new DhtNode.Options(
        "test",
        LoopbackNodes.LOOPBACK,
        0,
        storage,
        List.of(),
        Parameters.defaults().asLocal(),
        Limits.defaults(),
        SecretKey.generate(new SecureRandom()),
        LoopbackNodes.CURVE,
        InstantSource.system(),
        monotonicMillis,
        new SecureRandom());
  }

  @Test
  void bugStopsTheNodeLoudly() {
    CompletableFuture<Throwable> reported = new CompletableFuture<>();
    IllegalStateException bug = new IllegalStateException("the clock is broken");
    CompletableFuture<Boolean> isBroken = new CompletableFuture<>();
    LongSupplier clock =
        () -> {
          if (isBroken.isDone()) {
            throw bug;
          }
          return 0;
        };
    DhtNode.Storage storage = new DhtNode.Storage.InDirectory(directory);
    try (DhtNode node = DhtNode.start(options(storage, clock), reported::complete)) {
      LoopbackNodes.await(node.joined());
      isBroken.complete(true);
      var unanswered =
          node.resolver()
              .resolve(node.key(), dev.wsn.resolver.ResolvePolicy.FAST)
              .toCompletableFuture();
      assertThat(reported.orTimeout(20, TimeUnit.SECONDS).join()).isSameAs(bug);
      assertThat(unanswered.orTimeout(20, TimeUnit.SECONDS).join())
          .isInstanceOf(Resolution.Unreachable.class);
    }
  }

  @Test
  void nodeWithoutDirectoryIsRefused() {
    assertThatThrownBy(() -> options(new DhtNode.Storage.Nowhere(), () -> 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
