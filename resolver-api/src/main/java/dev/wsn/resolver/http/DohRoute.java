package dev.wsn.resolver.http;

import dev.wsn.resolver.dns.DnsAnswers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** DNS over HTTP (RFC 8484). Confined to the server's event loop. */
final class DohRoute {
  static final String DNS_MESSAGE = "application/dns-message";

  private final Vertx vertx;
  private final DnsAnswers answers;
  private final Duration bodyPatience;

  DohRoute(Vertx vertx, DnsAnswers answers, Duration bodyPatience) {
    this.vertx = vertx;
    this.answers = answers;
    this.bodyPatience = bodyPatience;
  }

  Future<Reply> get(RoutingContext ctx) {
    Requests.requireAccepted(ctx, DNS_MESSAGE);
    List<String> values = ctx.queryParam("dns");
    if (values.size() != 1) {
      throw new ProblemException(Problems.MALFORMED_DNS);
    }
    try {
      return answer(ctx, Base64.getUrlDecoder().decode(values.get(0)));
    } catch (IllegalArgumentException notBase64) {
      throw new ProblemException(Problems.MALFORMED_DNS);
    }
  }

  Future<Reply> post(RoutingContext ctx) {
    Requests.requireAccepted(ctx, DNS_MESSAGE);
    if (!DNS_MESSAGE.equalsIgnoreCase(ctx.request().getHeader(Reply.CONTENT_TYPE))) {
      throw new ProblemException(Problems.NOT_DNS);
    }
    return RequestBody.read(vertx, ctx.request(), DnsAnswers.MAX_QUESTION_BYTES, bodyPatience)
        .compose(packet -> answer(ctx, packet));
  }

  private Future<Reply> answer(RoutingContext ctx, byte[] packet) {
    return answers.answer(packet, Requests.client(ctx)).map(DohRoute::reply);
  }

  private static Reply reply(Optional<DnsAnswers.Wire> answer) {
    DnsAnswers.Wire wire = answer.orElseThrow(() -> new ProblemException(Problems.MALFORMED_DNS));
    return Reply.of(200, DNS_MESSAGE, wire.packet().getBytes())
        .with(Reply.CACHE_CONTROL, "max-age=" + wire.maxAgeSeconds());
  }
}
