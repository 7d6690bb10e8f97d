package dev.wsn.resolver.mirror;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.MalformedJsonException;
import dev.wsn.resolver.mirror.MirrorCounts.Asked;
import dev.wsn.resolver.mirror.MirrorCounts.Bad;
import dev.wsn.resolver.mirror.MirrorCounts.Sent;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to one mirror. It is opened when there is something to say and closed after a
 * while without; a mirror that fails is left alone for longer each time. A mirror can send anything
 * at any time: what nobody asked for costs it the connection. Confined to one event loop, except
 * for {@link #ask} and {@link #send}.
 */
final class MirrorLink {
  /** How long a question may take, connecting included. */
  static final Duration QUESTION_PATIENCE = Duration.ofSeconds(2);

  /** Most questions that wait for an answer. */
  static final int MAX_QUESTIONS = 100;

  private static final Logger LOG = LoggerFactory.getLogger(MirrorLink.class);
  private static final long TICK_MILLIS = 200;
  private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(5);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final Duration IDLE = Duration.ofSeconds(60);

  /** Unanswered questions in a row after which the mirror counts as dead. */
  private static final int MAX_LATE = 5;

  /** Messages that a mirror may send unasked, and with each thing that it is asked or sent. */
  private static final int FREE_MESSAGES = 50;

  private static final int MESSAGES_EACH = 5;
  private static final int MAX_CREDIT = 1_000;

  private final MirrorAddress address;
  private final WebSocketClient client;
  private final RecordRules rules;
  private final MirrorCounts counts;
  private final InstantSource time;
  private final LongSupplier monotonicMillis;
  private final Context context;
  private final Outbox outbox;
  private final Map<String, Question> questions = new HashMap<>();
  private @Nullable WebSocket socket;
  private boolean isConnecting;
  private boolean isKnownBad;
  private long notBeforeMillis;
  private long lastUseMillis;
  private int failures;
  private int late;
  private int credit;
  private long asked;

  private static final class Question {
    private final PublicKey key;
    private final long deadlineMillis;
    private final CompletableFuture<Optional<AddressRecord>> answer = new CompletableFuture<>();
    private Optional<AddressRecord> newest = Optional.empty();

    Question(PublicKey key, long deadlineMillis) {
      this.key = key;
      this.deadlineMillis = deadlineMillis;
    }
  }

  MirrorLink(
      MirrorAddress address,
      Vertx vertx,
      WebSocketClient client,
      RecordRules rules,
      MirrorCounts counts,
      InstantSource time,
      LongSupplier monotonicMillis) {
    this.address = address;
    this.client = client;
    this.rules = rules;
    this.counts = counts;
    this.time = time;
    this.monotonicMillis = monotonicMillis;
    this.context = vertx.getOrCreateContext();
    this.outbox = new Outbox(counts);
    this.notBeforeMillis = now();
    context.runOnContext(
        start -> {
          long unused = vertx.setPeriodic(TICK_MILLIS, tick -> tick());
        });
  }

  MirrorAddress address() {
    return address;
  }

  private long now() {
    return monotonicMillis.getAsLong();
  }

  private long unixSeconds() {
    return time.instant().getEpochSecond();
  }

  /** The newest live, verified record that the mirror has of a key; within the patience. */
  CompletionStage<Optional<AddressRecord>> ask(PublicKey key) {
    Question question = new Question(key, now() + QUESTION_PATIENCE.toMillis());
    context.runOnContext(go -> begin(question));
    return question.answer.minimalCompletionStage();
  }

  private void begin(Question question) {
    if (questions.size() >= MAX_QUESTIONS) {
      end(question, Asked.BUSY);
    } else if (socket == null && now() < notBeforeMillis) {
      end(question, Asked.UNREACHABLE);
    } else {
      asked++;
      String name = "q" + asked;
      questions.put(name, question);
      if (socket == null) {
        connect();
      } else {
        say(name, question);
      }
    }
  }

  private void say(String name, Question question) {
    say(MirrorMessage.question(name, question.key));
  }

  private void end(Question question, Asked otherwise) {
    counts.count(question.newest.isPresent() ? Asked.FOUND : otherwise);
    question.answer.complete(question.newest);
  }

  /** Sends a record as soon as that is possible. */
  void send(AddressRecord addressRecord) {
    context.runOnContext(
        go -> {
          outbox.add(addressRecord, now());
          work();
        });
  }

  /** Says what is due, after connecting if need be. */
  private void work() {
    long now = now();
    outbox.dropExpired(unixSeconds());
    if (!outbox.hasDue(now)) {
      return;
    }
    if (socket == null) {
      connect();
      return;
    }
    for (NostrEvent event = outbox.next(now); event != null; event = outbox.next(now)) {
      say(MirrorMessage.event(event));
    }
  }

  private void say(String text) {
    WebSocket open = socket;
    if (open == null) {
      return;
    }
    if (open.writeQueueFull()) {
      cut("it does not read", FIRST_PAUSE);
      return;
    }
    lastUseMillis = now();
    credit = Math.min(credit + MESSAGES_EACH, MAX_CREDIT);
    Future<Void> unused = open.writeTextMessage(text);
  }

  private void connect() {
    if (isConnecting || now() < notBeforeMillis) {
      return;
    }
    isConnecting = true;
    WebSocketConnectOptions options =
        new WebSocketConnectOptions()
            .setHost(address.host())
            .setPort(address.port())
            .setSsl(address.isSecure())
            .setURI(address.path())
            .setAllowOriginHeader(false)
            .setTimeout(CONNECT_PATIENCE.toMillis());
    Future<WebSocket> unused =
        client
            .connect(options)
            .onSuccess(this::connected)
            .onFailure(
                failure -> {
                  isConnecting = false;
                  failed(String.valueOf(failure.getMessage()), FIRST_PAUSE);
                });
  }

  private void connected(WebSocket open) {
    isConnecting = false;
    socket = open;
    credit = FREE_MESSAGES;
    late = 0;
    lastUseMillis = now();
    var unused =
        open.textMessageHandler(this::receive)
            .binaryMessageHandler(bytes -> counted(Bad.MALFORMED))
            .exceptionHandler(broken -> cut("it breaks the protocol", FIRST_PAUSE))
            .closeHandler(
                closed -> {
                  if (socket == open) {
                    failed("it closed the connection", FIRST_PAUSE);
                  }
                });
    questions.forEach(this::say);
    work();
  }

  private void receive(String text) {
    credit--;
    if (socket == null) {
      return;
    }
    if (credit < 0) {
      counts.count(Bad.FLOOD);
      cut("it sends more than it is asked for", LONGEST_PAUSE);
      return;
    }
    MirrorMessage message;
    try {
      message = MirrorMessage.read(text);
    } catch (MalformedJsonException malformed) {
      counted(Bad.MALFORMED);
      return;
    }
    if (message instanceof MirrorMessage.Told told) {
      told(told);
    } else if (message instanceof MirrorMessage.Over over) {
      over(over);
    } else if (message instanceof MirrorMessage.Taken taken) {
      taken(taken);
    }
  }

  private void counted(Bad bad) {
    counts.count(bad);
  }

  private void told(MirrorMessage.Told told) {
    Question question = questions.get(told.question());
    if (question == null) {
      // The relay may have sent it before it read that the question is over.
      return;
    }
    Optional<AddressRecord> signed = verified(told.event(), question.key);
    if (signed.isEmpty()) {
      counted(Bad.INVALID_RECORD);
    } else if (question.newest.isEmpty()
        || signed.get().version().supersedes(question.newest.get().version())) {
      question.newest = signed;
    }
  }

  private Optional<AddressRecord> verified(NostrEvent event, PublicKey key) {
    return event.pubkey().equals(key)
            && rules.verify(event, unixSeconds()) instanceof RecordRules.Verdict.Accepted accepted
        ? Optional.of(accepted.addressRecord())
        : Optional.empty();
  }

  private void over(MirrorMessage.Over over) {
    Question question = questions.remove(over.question());
    if (question != null) {
      well();
      end(question, over.isRefused() ? Asked.REFUSED : Asked.NONE);
      if (!over.isRefused()) {
        say(MirrorMessage.end(over.question()));
      }
    }
  }

  private void taken(MirrorMessage.Taken taken) {
    if (outbox.answered(taken.id(), Sent.of(taken.isAccepted(), taken.reason()), now())) {
      well();
      work();
    }
  }

  /** The mirror did what it is for. */
  private void well() {
    failures = 0;
    late = 0;
    if (isKnownBad) {
      isKnownBad = false;
      LOG.info("The mirror {} answers again", address);
    }
  }

  private void tick() {
    long now = now();
    List<Map.Entry<String, Question>> over =
        questions.entrySet().stream()
            .filter(each -> now >= each.getValue().deadlineMillis)
            .map(each -> Map.entry(each.getKey(), each.getValue()))
            .toList();
    for (Map.Entry<String, Question> each : over) {
      questions.remove(each.getKey());
      end(each.getValue(), socket == null ? Asked.UNREACHABLE : Asked.LATE);
      late++;
      say(MirrorMessage.end(each.getKey()));
    }
    outbox.expect(now);
    if (socket != null && late >= MAX_LATE) {
      cut("it does not answer", FIRST_PAUSE);
    } else if (socket != null && now - lastUseMillis > IDLE.toMillis() && questions.isEmpty()) {
      hangUp();
    } else {
      work();
    }
  }

  /** Closes a connection that nobody needs, or never will. */
  private void hangUp() {
    WebSocket open = socket;
    socket = null;
    if (open != null) {
      Future<Void> unused = open.close();
    }
  }

  private void cut(String why, Duration pause) {
    if (socket != null) {
      hangUp();
      failed(why, pause);
    }
  }

  /** There is no connection now, and not again for a while. */
  private void failed(String why, Duration pause) {
    socket = null;
    long longer = pause.toMillis() << Math.min(failures, 16);
    notBeforeMillis = now() + Math.min(longer, LONGEST_PAUSE.toMillis());
    failures++;
    if (!isKnownBad && failures > 1) {
      isKnownBad = true;
      LOG.warn("The mirror {} is of no use now: {}", address, why);
    }
    outbox.disconnected(now());
    List<Question> left = List.copyOf(questions.values());
    questions.clear();
    left.forEach(question -> end(question, Asked.UNREACHABLE));
  }
}
