package dev.wsn.resolver.dns;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.IpAddress;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.cache.Answer;
import dev.wsn.resolver.cache.AnswerCache;
import dev.wsn.resolver.quota.Quota;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Answers questions of DNS with authority about npubs and refuses all others: there is no
 * recursion. A key that nobody knows is NXDOMAIN, a type that its record has not is no data, and an
 * outage of the DHT is SERVFAIL. Confined to one event loop.
 */
public final class DnsAnswers {
  /** Longest question that is read; a name has at most 255 bytes. */
  public static final int MAX_QUESTION_BYTES = 1_024;

  /** Longest answer over UDP (DNS flag day 2020), and what is told to clients. */
  public static final int MAX_UDP_BYTES = 1_232;

  /** Longest answer over UDP to who does not say more. */
  private static final int PLAIN_UDP_BYTES = 512;

  /** A name has at most 255 bytes, and an npub is a label of 63. */
  private static final int MAX_SUFFIX_BYTES = 255 - 64;

  private static final long NEGATIVE_SECONDS = AnswerCache.FRESH_NOT_FOUND.toSeconds();

  /** RFC 8914: no server with authority could be reached. */
  private static final int NO_REACHABLE_AUTHORITY = 22;

  private final Vertx vertx;
  private final AnswerCache cache;
  private final Quota lookups;
  private final InstantSource time;
  private final Zone zone;

  /**
   * Answers from a cache.
   *
   * @param lookups what each client may have the DHT asked for
   * @param suffix below which npubs are answered, too, such as {@code wsn.example}; may be empty
   * @throws IllegalArgumentException if the suffix is no name
   */
  public DnsAnswers(
      Vertx vertx, AnswerCache cache, Quota lookups, InstantSource time, String suffix) {
    this.vertx = vertx;
    this.cache = cache;
    this.lookups = lookups;
    this.time = time;
    this.zone = Zone.of(suffix);
  }

  /** Whether npubs can be answered below a suffix; the empty text is none. */
  public static boolean isSuffix(String suffix) {
    try {
      return Zone.of(suffix).suffix().length() <= MAX_SUFFIX_BYTES;
    } catch (IllegalArgumentException notAName) {
      return false;
    }
  }

  /**
   * What to do about a question.
   *
   * @param reply the answer, or what is known of it
   * @param isRefused whether the client asked for more than it may
   */
  record Verdict(Message reply, boolean isRefused) {}

  /** The answer for a client whose address is proved; never fails. */
  Future<Verdict> answer(Message question, IpAddress client) {
    return answer(question, () -> lookups.take(client, 1).isGranted());
  }

  /**
   * The answer; never fails.
   *
   * @param mayAsk asked, once, when the DHT has to be
   */
  Future<Verdict> answer(Message question, BooleanSupplier mayAsk) {
    Message reply = frame(question);
    Optional<Integer> wrong = fault(question);
    if (wrong.isPresent()) {
      return done(fail(reply, wrong.get()));
    }
    Name name = question.getQuestion().getName();
    Zone.Place place = zone.place(name);
    if (place instanceof Zone.Place.OfKey named) {
      return aboutKey(question, reply, named.key(), mayAsk);
    }
    if (place instanceof Zone.Place.Foreign) {
      return done(fail(reply, Rcode.REFUSED));
    }
    reply.getHeader().setFlag(Flags.AA);
    if (place instanceof Zone.Place.Nothing) {
      reply.getHeader().setRcode(Rcode.NXDOMAIN);
    }
    boolean isAuthority =
        place instanceof Zone.Place.Apex && question.getQuestion().getType() == Type.SOA;
    reply.addRecord(authority(name), isAuthority ? Section.ANSWER : Section.AUTHORITY);
    return done(reply);
  }

  private static Future<Verdict> done(Message reply) {
    return Future.succeededFuture(new Verdict(reply, false));
  }

  /** The head of every reply: id, question and OPT record follow the question. */
  private static Message frame(Message question) {
    Message reply = new Message(question.getHeader().getID());
    Header header = reply.getHeader();
    header.setFlag(Flags.QR);
    header.setOpcode(question.getHeader().getOpcode());
    if (question.getHeader().getFlag(Flags.RD)) {
      header.setFlag(Flags.RD);
    }
    if (question.getQuestion() != null) {
      reply.addRecord(question.getQuestion(), Section.QUESTION);
    }
    if (question.getOPT() != null) {
      reply.addRecord(new OPTRecord(MAX_UDP_BYTES, 0, 0), Section.ADDITIONAL);
    }
    return reply;
  }

  private static Optional<Integer> fault(Message question) {
    Header header = question.getHeader();
    if (header.getOpcode() != Opcode.QUERY) {
      return Optional.of(Rcode.NOTIMP);
    }
    if (header.getCount(Section.QUESTION) != 1 || question.getQuestion() == null) {
      return Optional.of(Rcode.FORMERR);
    }
    OPTRecord opt = question.getOPT();
    if (opt != null && opt.getVersion() != 0) {
      return Optional.of(Rcode.BADVERS);
    }
    int dclass = question.getQuestion().getDClass();
    boolean isTransfer =
        question.getQuestion().getType() == Type.AXFR
            || question.getQuestion().getType() == Type.IXFR;
    return dclass == DClass.IN && !isTransfer ? Optional.empty() : Optional.of(Rcode.REFUSED);
  }

  private static Message fail(Message reply, int rcode) {
    reply.getHeader().setRcode(rcode & 0xf);
    if (rcode > 0xf) {
      reply.removeAllRecords(Section.ADDITIONAL);
      reply.addRecord(new OPTRecord(MAX_UDP_BYTES, rcode >> 4, 0), Section.ADDITIONAL);
    }
    return reply;
  }

  private Future<Verdict> aboutKey(
      Message question, Message reply, PublicKey key, BooleanSupplier mayAsk) {
    Optional<Answer> held = cache.held(key, ResolvePolicy.FAST);
    if (held.isPresent()) {
      return done(fill(question, reply, held.get()));
    }
    if (!mayAsk.getAsBoolean()) {
      return Future.succeededFuture(new Verdict(outage(reply), true));
    }
    return Future.fromCompletionStage(
            cache.ask(key, ResolvePolicy.FAST), vertx.getOrCreateContext())
        .map(answer -> fill(question, reply, answer))
        .otherwise(failure -> outage(reply))
        .map(filled -> new Verdict(filled, false));
  }

  private Message fill(Message question, Message reply, Answer answer) {
    Name name = question.getQuestion().getName();
    reply.getHeader().setFlag(Flags.AA);
    Optional<AddressRecord> newest = answer.newest();
    if (newest.isPresent()) {
      long ttl = ttl(newest.get(), answer);
      List<org.xbill.DNS.Record> records =
          KeyRecords.of(newest.get(), name, question.getQuestion().getType(), ttl);
      records.forEach(each -> reply.addRecord(each, Section.ANSWER));
      if (records.isEmpty()) {
        reply.addRecord(authority(name), Section.AUTHORITY);
      }
      return reply;
    }
    if (answer.resolution() instanceof Resolution.NotFound) {
      reply.getHeader().setRcode(Rcode.NXDOMAIN);
      reply.addRecord(authority(name), Section.AUTHORITY);
      return reply;
    }
    return outage(reply);
  }

  /** How long the answer is fresh: what is left of a minute, and of the record's life. */
  private long ttl(AddressRecord current, Answer answer) {
    long fresh = AnswerCache.FRESH.toSeconds() - answer.ageSeconds();
    long life = current.expiresAt() - time.instant().getEpochSecond();
    return Math.max(0, Math.min(fresh, life));
  }

  private static Message outage(Message reply) {
    reply.getHeader().setRcode(Rcode.SERVFAIL);
    reply.getHeader().unsetFlag(Flags.AA);
    if (reply.getOPT() != null) {
      reply.removeAllRecords(Section.ADDITIONAL);
      reply.addRecord(
          new OPTRecord(
              MAX_UDP_BYTES, 0, 0, 0, new ExtendedErrorCodeOption(NO_REACHABLE_AUTHORITY)),
          Section.ADDITIONAL);
    }
    return reply;
  }

  private org.xbill.DNS.Record authority(Name name) {
    Name origin = zone.authority(name);
    return new SOARecord(
        origin,
        DClass.IN,
        NEGATIVE_SECONDS,
        origin,
        origin,
        1,
        NEGATIVE_SECONDS,
        NEGATIVE_SECONDS,
        NEGATIVE_SECONDS,
        NEGATIVE_SECONDS);
  }

  /**
   * An answer as it goes over a stream.
   *
   * @param packet a whole message
   * @param maxAgeSeconds how long it may be kept: the least time to live in it
   */
  public record Wire(Buffer packet, long maxAgeSeconds) {}

  /**
   * Answers a packet (RFC 8484).
   *
   * @param packet untrusted
   * @return the answer; empty if the packet is no question
   */
  public Future<Optional<Wire>> answer(byte[] packet, IpAddress client) {
    Optional<Message> question = question(packet);
    if (question.isEmpty()) {
      return Future.succeededFuture(Optional.empty());
    }
    return answer(question.get(), client)
        .map(
            verdict ->
                Optional.of(
                    new Wire(Buffer.buffer(verdict.reply().toWire()), maxAge(verdict.reply()))));
  }

  private static long maxAge(Message reply) {
    return Stream.of(Section.ANSWER, Section.AUTHORITY)
        .flatMap(section -> reply.getSection(section).stream())
        .mapToLong(org.xbill.DNS.Record::getTTL)
        .min()
        .orElse(0);
  }

  /** The question in a packet; empty if it is none, or itself an answer. */
  static Optional<Message> question(byte[] packet) {
    if (packet.length > MAX_QUESTION_BYTES) {
      return Optional.empty();
    }
    try {
      Message message = new Message(packet);
      return message.getHeader().getFlag(Flags.QR) ? Optional.empty() : Optional.of(message);
    } catch (IOException | RuntimeException malformed) {
      // dnsjava reports some malformed packets by unchecked exceptions.
      return Optional.empty();
    }
  }

  /** How long an answer over UDP may be. */
  static int udpBytes(Message question) {
    OPTRecord opt = question.getOPT();
    int offered = opt == null ? PLAIN_UDP_BYTES : opt.getPayloadSize();
    return Math.max(PLAIN_UDP_BYTES, Math.min(offered, MAX_UDP_BYTES));
  }

  /** The least that can be said: come back over TCP. */
  static Message truncated(Message question) {
    Message reply = frame(question);
    reply.getHeader().setFlag(Flags.TC);
    return reply;
  }
}
