package dev.wsn.cli;

import dev.wsn.crypto.Nip19;
import dev.wsn.gateway.Publisher;
import dev.wsn.gateway.PublisherOptions;
import dev.wsn.record.RecordRejection;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolver;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A record that is renewed until the command is stopped: {@code wsn publish --keep}. */
final class KeptRecord {
  private static final Logger LOG = LoggerFactory.getLogger(KeptRecord.class);

  private final Host host;
  private final PublisherOptions options;

  KeptRecord(Host host, PublisherOptions options) {
    this.host = host;
    this.options = options;
  }

  /** Makes this process one that is stopped in order and tells what it does. */
  void begin() {
    host.stop().serve();
    ServerLog.begin(host, LogFormat.HUMAN);
    ServerLog.level(host.isDebugging() ? LogLevel.DEBUG : LogLevel.INFO);
  }

  /**
   * Publishes until the command is stopped, and what changes about the addresses. What fails after
   * the first attempt is logged and tried again.
   *
   * @throws CommandFailure if the signer does not sign the first record, the network refuses it, or
   *     the file of its time cannot be used
   */
  void publish(RecordSigner signer, Resolver resolver, OwnEndpoints own) {
    Vertx vertx = Servers.loops();
    try {
      Publisher publisher =
          new Publisher(
              vertx,
              resolver,
              signer.author(),
              (endpoints, topics, createdAt, lifetime) -> {
                try {
                  return signer.sign(endpoints, topics, createdAt, lifetime);
                } finally {
                  signer.hangUp();
                }
              },
              options,
              host.clock(),
              host.random());
      signer.hangUp();
      Future<Publication> first =
          publisher
              .start()
              .onComplete(
                  done ->
                      problemOf(done)
                          .ifPresentOrElse(
                              problem -> host.stop().request(), () -> announce(publisher)));
      await(vertx, own, publisher);
      Optional<RuntimeException> problem = first.isComplete() ? problemOf(first) : Optional.empty();
      if (problem.isPresent()) {
        throw problem.get();
      }
      LOG.info("stopping");
      Answers.await(publisher.stop(), "stopping to publish");
    } finally {
      Answers.await(vertx.close(), "closing");
    }
  }

  private void announce(Publisher publisher) {
    host.out().println("key wsn://" + Nip19.npub(publisher.key()));
    AddressWatch.print(host.out(), publisher.key(), options.endpoints());
  }

  private void await(Vertx vertx, OwnEndpoints own, Publisher publisher) {
    ClockWatch clock = ClockWatch.start(host.clock(), host.monotonicMillis());
    Optional<AddressWatch> addresses =
        own.areVoted()
            ? Optional.of(
                AddressWatch.publishing(
                    vertx, own, options.endpoints(), publisher, host.out(), () -> {}))
            : Optional.empty();
    try {
      host.stop().await();
    } finally {
      addresses.ifPresent(AddressWatch::close);
      clock.close();
    }
  }

  /** A newer record of the same key is overtaken with the next attempt; all else is for people. */
  private static Optional<RuntimeException> problemOf(AsyncResult<Publication> first) {
    if (first.failed()) {
      String why = String.valueOf(first.cause().getMessage());
      return Optional.of(
          first.cause() instanceof RuntimeException known ? known : CommandFailure.usage(why));
    }
    return first.result() instanceof Publication.Refused refused
            && refused.reason() != RecordRejection.OLDER_THAN_KNOWN
        ? Optional.of(CommandFailure.refused(refused.detail()))
        : Optional.empty();
  }
}
