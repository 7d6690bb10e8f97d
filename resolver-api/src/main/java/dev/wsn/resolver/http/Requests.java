package dev.wsn.resolver.http;

import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.PublicKey;
import dev.wsn.record.IpAddress;
import dev.wsn.record.KeyText;
import dev.wsn.record.MalformedUriException;
import dev.wsn.resolver.EvidenceJson;
import dev.wsn.resolver.ResolvePolicy;
import io.vertx.ext.web.MIMEHeader;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What a request says; everything malformed ends in {@link ProblemException}. Stateless. */
final class Requests {
  private static final String CLIENT = "client";

  private Requests() {}

  /** Notes who asks. */
  static void client(RoutingContext ctx, IpAddress client) {
    var unused = ctx.put(CLIENT, client);
  }

  /** Who asks. */
  static IpAddress client(RoutingContext ctx) {
    IpAddress client = ctx.get(CLIENT);
    return Objects.requireNonNull(client, "asked after the request was admitted");
  }

  /** The key in the path. */
  static PublicKey key(RoutingContext ctx) {
    try {
      return KeyText.parse(String.valueOf(ctx.pathParam("key"))).key();
    } catch (MalformedKeyException | MalformedUriException malformed) {
      throw new ProblemException(Problems.malformedKey(String.valueOf(malformed.getMessage())));
    }
  }

  /** The policy in the query; {@code fast} without one. */
  static ResolvePolicy policy(RoutingContext ctx) {
    if (ctx.request().query() == null) {
      return ResolvePolicy.FAST;
    }
    List<String> values = ctx.queryParam("policy");
    if (values.isEmpty()) {
      return ResolvePolicy.FAST;
    }
    if (values.size() > 1) {
      throw new ProblemException(Problems.BAD_POLICY);
    }
    return policy(values.get(0)).orElseThrow(() -> new ProblemException(Problems.BAD_POLICY));
  }

  /** The policy of this name. */
  static Optional<ResolvePolicy> policy(String text) {
    for (ResolvePolicy policy : ResolvePolicy.values()) {
      if (EvidenceJson.text(policy).equals(text)) {
        return Optional.of(policy);
      }
    }
    return Optional.empty();
  }

  /** Whether the query has {@code probe=true}. */
  static boolean isProbe(RoutingContext ctx) {
    return isTrue(ctx, "probe", Problems.BAD_PROBE);
  }

  /** Whether the query has {@code trace=true}. */
  static boolean isTrace(RoutingContext ctx) {
    return isTrue(ctx, "trace", Problems.BAD_TRACE);
  }

  private static boolean isTrue(RoutingContext ctx, String name, Problem otherwise) {
    if (ctx.request().query() == null) {
      return false;
    }
    List<String> values = ctx.queryParam(name);
    if (values.isEmpty() || values.equals(List.of("false"))) {
      return false;
    }
    if (!values.equals(List.of("true"))) {
      throw new ProblemException(otherwise);
    }
    return true;
  }

  /** Refuses a request that does not take this media type. */
  static void requireAccepted(RoutingContext ctx, String type) {
    String header = ctx.request().getHeader("Accept");
    if (header == null || header.equals("*/*") || header.equals(type)) {
      return;
    }
    String range = type.substring(0, type.indexOf('/')) + "/*";
    List<MIMEHeader> accepted = ctx.parsedHeaders().accept();
    boolean isAccepted =
        accepted.isEmpty()
            || accepted.stream()
                .filter(each -> each.weight() > 0)
                .map(each -> each.component() + "/" + each.subComponent())
                .anyMatch(List.of(type, range, "*/*")::contains);
    if (!isAccepted) {
      throw new ProblemException(Problems.notAcceptable(type));
    }
  }

  /** Refuses a body that is not plain JSON; a compressed one could be of any size. */
  static void requireJsonBody(RoutingContext ctx) {
    String type = ctx.request().getHeader(Reply.CONTENT_TYPE);
    String bare = type == null ? "" : type.split(";", 2)[0].strip();
    if (!bare.equalsIgnoreCase(Reply.JSON)) {
      throw new ProblemException(Problems.NOT_JSON);
    }
    String encoding = ctx.request().getHeader("Content-Encoding");
    if (encoding != null && !encoding.strip().equalsIgnoreCase("identity")) {
      throw new ProblemException(Problems.ENCODED_BODY);
    }
  }
}
