package dev.wsn.resolver.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.RecordVersion;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolutionJson;
import dev.wsn.resolver.cache.Answer;
import dev.wsn.resolver.watch.Change;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One open stream of server-sent events about a key. Each event has the id of the record, with
 * {@code .expired} after it when that is what happened, so that a client that comes back with
 * {@code Last-Event-ID} hears nothing twice. Confined to the server's event loop.
 */
final class ChangeStream {
  private static final String EXPIRED = ".expired";
  private static final String OPENING = "retry: 5000\n\n";
  private static final String STILL_HERE = ":\n\n";

  private final PublicKey key;
  private final HttpServerResponse response;
  private final String lastEventId;
  private @Nullable RecordVersion newest;
  private boolean isExpired;

  ChangeStream(PublicKey key, HttpServerResponse response, String lastEventId) {
    this.key = key;
    this.response = response;
    this.lastEventId = lastEventId;
  }

  void open() {
    write(OPENING);
  }

  /** Tells how the key resolves now, unless the client has heard of it. */
  void begin(Answer answer) {
    Resolution resolution = answer.resolution();
    if (resolution instanceof Resolution.Found found) {
      tell(new Change(Change.Kind.RECORD, found.addressRecord(), resolution));
    } else if (resolution instanceof Resolution.Withdrawn withdrawn) {
      tell(new Change(Change.Kind.WITHDRAWAL, withdrawn.addressRecord(), resolution));
    } else if (resolution instanceof Resolution.NotFound
        && newest == null
        && lastEventId.matches("[0-9a-f]{64}")) {
      event(Change.Kind.EXPIRY, lastEventId + EXPIRED, resolution);
    }
  }

  /** Tells of a change, unless it is older than what was told. */
  void tell(Change change) {
    AddressRecord about = change.addressRecord();
    boolean isExpiry = change.kind() == Change.Kind.EXPIRY;
    RecordVersion known = newest;
    boolean isOld = known != null && known.supersedes(about.version());
    boolean isTold = about.version().equals(known) && (isExpired || !isExpiry);
    if (isOld || isTold) {
      return;
    }
    newest = about.version();
    isExpired = isExpiry;
    String id = about.event().id().hex() + (isExpiry ? EXPIRED : "");
    if (!id.equals(lastEventId)) {
      event(change.kind(), id, change.resolution());
    }
  }

  private void event(Change.Kind kind, String id, Resolution resolution) {
    String data = new String(ResolutionJson.write(key, resolution), UTF_8);
    String name = kind.name().toLowerCase(Locale.ROOT);
    write("id: " + id + "\nevent: " + name + "\ndata: " + data + "\n\n");
  }

  /** Keeps proxies from closing the stream, and finds out whether the client still reads. */
  void stillHere() {
    write(STILL_HERE);
  }

  private void write(String text) {
    if (response.closed() || response.ended()) {
      return;
    }
    if (response.writeQueueFull()) {
      Future<Void> unused = response.reset();
      return;
    }
    Future<Void> unused = response.write(text);
  }
}
