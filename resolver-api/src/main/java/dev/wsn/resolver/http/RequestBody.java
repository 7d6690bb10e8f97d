package dev.wsn.resolver.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;

/**
 * Collects the body of one request, up to a size and for a time; what comes over either is thrown
 * away as it comes. Confined to the server's event loop.
 */
final class RequestBody {
  private final Promise<byte[]> whole = Promise.promise();
  private final Buffer soFar = Buffer.buffer();
  private final int maxBytes;

  private RequestBody(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * Reads the body; called before the handler of the request returns.
   *
   * @return the bytes; fails with {@link ProblemException} if they are too many or too slow
   */
  static Future<byte[]> read(
      Vertx vertx, HttpServerRequest request, int maxBytes, Duration timeout) {
    RequestBody body = new RequestBody(maxBytes);
    if (body.announcesTooMuch(request)) {
      return Future.failedFuture(new ProblemException(Problems.BODY_TOO_LARGE));
    }
    if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
      Future<Void> unused = request.response().writeContinue();
    }
    long timer =
        vertx.setTimer(
            timeout.toMillis(), late -> body.fail(new ProblemException(Problems.BODY_TOO_SLOW)));
    // What breaks a body is what its sender did, such as leaving.
    var unused =
        request
            .handler(body::append)
            .exceptionHandler(broken -> body.fail(new ProblemException(Problems.MALFORMED_REQUEST)))
            .endHandler(end -> body.end());
    return body.whole.future().onComplete(done -> cancel(vertx, timer));
  }

  private static void cancel(Vertx vertx, long timer) {
    boolean unused = vertx.cancelTimer(timer);
  }

  private boolean announcesTooMuch(HttpServerRequest request) {
    String length = request.getHeader("Content-Length");
    // The HTTP decoder has checked that it is a number.
    return length != null && Long.parseLong(length.strip()) > maxBytes;
  }

  private void append(Buffer chunk) {
    if (whole.future().isComplete()) {
      return;
    }
    if (soFar.length() + chunk.length() > maxBytes) {
      fail(new ProblemException(Problems.BODY_TOO_LARGE));
      return;
    }
    var unused = soFar.appendBuffer(chunk);
  }

  private void end() {
    boolean unused = whole.tryComplete(soFar.getBytes());
  }

  private void fail(Throwable why) {
    boolean unused = whole.tryFail(why);
  }
}
