package dev.wsn.resolver.client;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRejection;
import dev.wsn.record.RecordRules;
import dev.wsn.record.RecordRules.Verdict;
import dev.wsn.record.Topic;
import dev.wsn.resolver.EventJson;
import dev.wsn.resolver.Evidence;
import dev.wsn.resolver.EvidenceJson;
import dev.wsn.resolver.MalformedJsonException;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.PublicationJson;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolutionJson;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.Resolver;
import dev.wsn.resolver.directory.Directory;
import dev.wsn.resolver.directory.Listing;
import dev.wsn.resolver.directory.ListingFilter;
import dev.wsn.resolver.directory.ListingJson;
import dev.wsn.resolver.http.Problem;
import dev.wsn.resolver.http.Problems;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks a resolver over HTTP and believes nothing but the signed event: its id, signature, key, form
 * and expiry are verified here, and a record older than one that this client has seen is refused. A
 * resolver can withhold, never forge. Thread-safe; stages complete on threads of the HTTP client
 * and never with an exception for what the resolver did.
 */
public final class ResolverClient implements Resolver {
  /** Longer than a resolver waits for its DHT, so that its own answer comes first. */
  static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(25);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final URI base;
  private final RecordRules rules;
  private final InstantSource time;
  private final Duration timeout;
  private final HttpClient http;
  private final SeenVersions seen;

  /**
   * A client of one resolver; nothing is sent yet.
   *
   * @param base {@code http://} or {@code https://} URL that {@code /v1/relays/…} is under
   * @param rules verify every record
   * @param time for expiry
   * @throws IllegalArgumentException if the URL is not of that form; the message says why
   */
  public ResolverClient(URI base, RecordRules rules, InstantSource time) {
    this(base, rules, time, new SeenVersions());
  }

  /**
   * A client that shares what it has seen with others.
   *
   * @param base as above
   * @param seen what must not be taken back
   * @throws IllegalArgumentException if the URL is not of that form; the message says why
   */
  public ResolverClient(URI base, RecordRules rules, InstantSource time, SeenVersions seen) {
    this(base, rules, time, seen, ANSWER_TIMEOUT);
  }

  ResolverClient(
      URI base, RecordRules rules, InstantSource time, SeenVersions seen, Duration timeout) {
    this.seen = seen;
    this.base = checked(base);
    this.rules = rules;
    this.time = time;
    this.timeout = timeout;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
  }

  private static URI checked(URI base) {
    String scheme = String.valueOf(base.getScheme());
    boolean isHttp = scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https");
    if (!isHttp || base.getHost() == null) {
      throw new IllegalArgumentException(
          "the URL of a resolver is like http://127.0.0.1:4880 or https://resolver.example");
    }
    if (base.getRawUserInfo() != null
        || base.getRawQuery() != null
        || base.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "the URL of a resolver has no user, query (?) or fragment (#)");
    }
    return URI.create(base.toString().replaceAll("/+$", ""));
  }

  @Override
  public CompletionStage<Resolution> resolve(PublicKey key, ResolvePolicy policy) {
    return ask(key, policy).thenApply(Answered::resolution);
  }

  /**
   * The same resolver, asked to look in the network every time and to tell whom it asked there:
   * {@link Evidence#path}. It says what it likes there; only the record is verified.
   */
  public Resolver traced() {
    return new Resolver() {
      @Override
      public CompletionStage<Resolution> resolve(PublicKey key, ResolvePolicy policy) {
        return ask(key, policy, true).thenApply(Answered::resolution);
      }

      @Override
      public CompletionStage<Publication> publish(NostrEvent event) {
        return ResolverClient.this.publish(event);
      }
    };
  }

  /** What the resolver says, and what that says about the resolver. */
  CompletionStage<Answered> ask(PublicKey key, ResolvePolicy policy) {
    return ask(key, policy, false);
  }

  private CompletionStage<Answered> ask(PublicKey key, ResolvePolicy policy, boolean isTraced) {
    HttpRequest.Builder request = request(key, policy, isTraced ? "&trace=true" : "").GET();
    if (policy != ResolvePolicy.FAST && policy != ResolvePolicy.CACHE) {
      // A cache on the way would answer for the nodes that are to be asked.
      request.header("Cache-Control", "no-cache");
    }
    return exchange(
        request.build(),
        ResolutionJson.MAX_BYTES,
        (response, failure) ->
            failure == null ? judge(key, response) : Answered.of(failed(failure)));
  }

  /**
   * Tells of what changes about a key until the watch is closed: a newer record, a withdrawal, or
   * {@link Resolution.NotFound} when the newest one has expired. Begins with how the key resolves
   * now, if there is a record; comes back by itself when the connection breaks.
   *
   * @param told on a thread of the HTTP client, one call at a time; must not block
   */
  public ResolverWatch watch(PublicKey key, Consumer<Resolution> told) {
    return ResolverWatch.start(List.of(this), key, told);
  }

  /** Opens a stream of changes; the stage ends when the stream has begun, or fails. */
  CompletionStage<Integer> changes(PublicKey key, String lastEventId, EventStream stream) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + "/v1/relays/" + key.hex() + "/changes"))
            .header("Accept", "text/event-stream");
    if (!lastEventId.isEmpty()) {
      request.header("Last-Event-ID", lastEventId);
    }
    return http.sendAsync(request.GET().build(), response -> stream)
        .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .thenApply(HttpResponse::statusCode);
  }

  /** Seconds of now. */
  long unixSeconds() {
    return now();
  }

  @Override
  public CompletionStage<Publication> publish(NostrEvent event) {
    Verdict verdict = rules.verify(event, now());
    if (verdict instanceof Verdict.Refused refused) {
      return CompletableFuture.completedFuture(
          new Publication.Refused(refused.reason(), refused.detail()));
    }
    AddressRecord signed = ((Verdict.Accepted) verdict).addressRecord();
    HttpRequest request =
        request(signed.pubkey(), ResolvePolicy.FAST, "")
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofByteArray(EventJson.write(event)))
            .build();
    return exchange(
        request,
        PublicationJson.MAX_BYTES,
        (response, failure) ->
            failure == null
                ? judge(signed, response)
                : new Publication.Unreachable(sentence(failure)));
  }

  /**
   * The relays of a topic, as far as the resolver tells. Each record is verified here and has the
   * topic; that a relay is alive, and what it claims, is what the resolver says.
   *
   * @param filter which of them; the resolver filters
   * @return fails with {@link Directory.UnreachableException}
   */
  public CompletionStage<List<Listing.Relay>> directory(Topic topic, ListingFilter filter) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + "/v1/directory?" + filter.query(topic)))
            .header("Accept", "application/json")
            .GET()
            .build();
    return exchange(
        request,
        ListingJson.MAX_BYTES,
        (response, failure) -> {
          if (failure != null) {
            throw new CompletionException(new Directory.UnreachableException(sentence(failure)));
          }
          return listed(topic, response);
        });
  }

  private List<Listing.Relay> listed(Topic topic, HttpResponse<byte[]> response) {
    if (response.statusCode() != Problems.FOUND) {
      String said =
          problem(response)
              .map(Problem::detail)
              .orElseGet(() -> notAResolver(response.statusCode()));
      throw new CompletionException(new Directory.UnreachableException(said));
    }
    List<Listing.Relay> relays = new ArrayList<>();
    try {
      for (ListingJson.Claim claim : ListingJson.read(response.body())) {
        if (rules.verify(claim.event(), now()) instanceof Verdict.Accepted accepted
            && accepted.addressRecord().topics().contains(topic)
            && admits(accepted.addressRecord())) {
          relays.add(new Listing.Relay(accepted.addressRecord(), claim.isLive(), claim.claims()));
        }
      }
    } catch (MalformedJsonException malformed) {
      throw new CompletionException(
          new Directory.UnreachableException(notAResolver(response.statusCode())));
    }
    return List.copyOf(relays);
  }

  private HttpRequest.Builder request(PublicKey key, ResolvePolicy policy, String more) {
    boolean isPlain = policy == ResolvePolicy.FAST && more.isEmpty();
    String query = isPlain ? "" : "?policy=" + EvidenceJson.text(policy) + more;
    return HttpRequest.newBuilder(URI.create(base + "/v1/relays/" + key.hex() + query))
        .header("Accept", "application/json");
  }

  private <T> CompletionStage<T> exchange(
      HttpRequest request,
      int maxBytes,
      BiFunction<HttpResponse<byte[]>, @Nullable Throwable, T> judge) {
    CompletableFuture<HttpResponse<byte[]>> exchange =
        http.sendAsync(request, BoundedAnswer.upTo(maxBytes));
    return exchange
        .copy()
        .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((response, failure) -> exchange.cancel(true))
        .handle(judge);
  }

  private Answered judge(PublicKey key, HttpResponse<byte[]> response) {
    int status = response.statusCode();
    if (status == Problems.FOUND || status == Problems.WITHDRAWN) {
      return believe(key, response.body());
    }
    Optional<Resolution> told = problem(response).flatMap(Problems::resolution);
    return Answered.of(told.orElseGet(() -> new Resolution.Unreachable(notAResolver(status))));
  }

  /** What the JSON of a resolution is worth. */
  Answered believe(PublicKey key, byte[] body) {
    ResolutionJson.Claim claim;
    try {
      claim = ResolutionJson.read(body);
    } catch (MalformedJsonException malformed) {
      return untrusted("with something else than a resolution: " + malformed.getMessage());
    }
    if (!claim.event().pubkey().equals(key)) {
      return untrusted("with the record of another key");
    }
    Verdict verdict = rules.verify(claim.event(), now());
    if (verdict instanceof Verdict.Refused refused) {
      boolean isExpired =
          refused.reason() == RecordRejection.EXPIRED
              && rules.verifyStored(claim.event()) instanceof Verdict.Accepted;
      return isExpired
          ? outdated("with a record that has expired")
          : untrusted("with a record that does not hold: " + refused.detail());
    }
    AddressRecord current = ((Verdict.Accepted) verdict).addressRecord();
    if (!admits(current)) {
      return outdated("with an older record than this client has seen");
    }
    return Answered.of(
        current.isWithdrawal()
            ? new Resolution.Withdrawn(current, claim.evidence())
            : new Resolution.Found(current, claim.evidence()));
  }

  private Publication judge(AddressRecord signed, HttpResponse<byte[]> response) {
    int status = response.statusCode();
    if (status == Problems.NEW || status == Problems.KNOWN) {
      try {
        Publication.Accepted accepted = PublicationJson.readAccepted(response.body());
        boolean unused = admits(signed);
        return accepted;
      } catch (MalformedJsonException malformed) {
        return new Publication.Unreachable(notAResolver(status));
      }
    }
    Optional<Publication> told = problem(response).flatMap(Problems::publication);
    return told.orElseGet(() -> new Publication.Unreachable(notAResolver(status)));
  }

  private static Optional<Problem> problem(HttpResponse<byte[]> response) {
    try {
      return Optional.of(Problem.read(response.statusCode(), response.body()));
    } catch (MalformedJsonException malformed) {
      return Optional.empty();
    }
  }

  private Resolution failed(Throwable failure) {
    String sentence = sentence(failure);
    return FailureText.cause(failure) instanceof BoundedAnswer.TooLongException
        ? new Resolution.Untrusted(sentence)
        : new Resolution.Unreachable(sentence);
  }

  private Answered untrusted(String how) {
    return Answered.of(said(how));
  }

  /** The owner did sign it, once. */
  private Answered outdated(String how) {
    return new Answered(said(how), true);
  }

  private Resolution said(String how) {
    return new Resolution.Untrusted("the resolver at " + base + " answered " + how);
  }

  private String notAResolver(int status) {
    return "what is at " + base + " answered with status " + status + ", not as a resolver does";
  }

  private String sentence(Throwable failure) {
    return FailureText.of(base, timeout, failure);
  }

  private long now() {
    return time.instant().getEpochSecond();
  }

  /** Whether no newer record of the key was seen; if so, this one is remembered. */
  private boolean admits(AddressRecord answered) {
    return seen.admits(answered, now());
  }

  /** The URL that everything is under. */
  public URI base() {
    return base;
  }
}
