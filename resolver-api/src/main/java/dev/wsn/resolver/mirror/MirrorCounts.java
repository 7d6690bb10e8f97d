package dev.wsn.resolver.mirror;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** What came of everything that mirrors were asked and sent, all together. Thread-safe. */
public final class MirrorCounts {
  /** What came of a question to one mirror. */
  public enum Asked {
    /** A verified record that is alive. */
    FOUND,
    /** The mirror has none. */
    NONE,
    /** It did not end its answer in time. */
    LATE,
    /** It is not connected, and was not to be reached in time. */
    UNREACHABLE,
    /** It does not answer such questions. */
    REFUSED,
    /** Too many questions wait for it already. */
    BUSY
  }

  /** A message that should not have been sent to us. */
  public enum Bad {
    /** Neither JSON nor of NIP-01. */
    MALFORMED,
    /** An event that is no live record of the key, or that nobody asked for. */
    INVALID_RECORD,
    /** A record that was replaced by one that was seen. */
    OLDER_RECORD,
    /** Many more messages than were asked for; the mirror was cut off. */
    FLOOD
  }

  /** What came of a record that was to go to one mirror; the middle ones as NIP-01 names them. */
  public enum Sent {
    /** It has it. */
    ACCEPTED,
    /** It had it. */
    DUPLICATE,
    /** It wants proof of work. */
    POW,
    /** It does not want this key. */
    BLOCKED,
    /** Too many; tried again later. */
    RATE_LIMITED,
    /** It does not like the event. */
    INVALID,
    /** It is for members. */
    RESTRICTED,
    /** It wants clients to say who they are. */
    AUTH_REQUIRED,
    /** It failed; tried again later. */
    ERROR,
    /** Refused in other words. */
    OTHER,
    /** It said nothing; tried again later. */
    UNANSWERED,
    /** Given up: too many waited, or it expired, or was tried often enough. */
    DROPPED;

    private static final List<Sent> NAMED =
        List.of(DUPLICATE, POW, BLOCKED, RATE_LIMITED, INVALID, RESTRICTED, AUTH_REQUIRED, ERROR);

    /** By the prefix of the reason of an OK message. */
    static Sent of(boolean isAccepted, String reason) {
      int colon = reason.indexOf(':');
      String prefix = colon < 0 ? "" : reason.substring(0, colon);
      Sent named =
          NAMED.stream().filter(each -> each.prefix().equals(prefix)).findFirst().orElse(OTHER);
      return isAccepted && named != DUPLICATE ? ACCEPTED : named;
    }

    private String prefix() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it may be taken later. */
    boolean isWorthAnotherTry() {
      return this == RATE_LIMITED || this == ERROR || this == UNANSWERED;
    }
  }

  private final Map<Asked, LongAdder> asked = counters(Asked.class);
  private final Map<Bad, LongAdder> bad = counters(Bad.class);
  private final Map<Sent, LongAdder> sent = counters(Sent.class);

  /** All at zero. */
  public MirrorCounts() {}

  private static <E extends Enum<E>> Map<E, LongAdder> counters(Class<E> type) {
    Map<E, LongAdder> counters = new EnumMap<>(type);
    for (E each : type.getEnumConstants()) {
      counters.put(each, new LongAdder());
    }
    return counters;
  }

  private static <E extends Enum<E>> LongAdder of(Map<E, LongAdder> counters, E which) {
    return Objects.requireNonNull(counters.get(which));
  }

  void count(Asked which) {
    of(asked, which).increment();
  }

  void count(Bad which) {
    of(bad, which).increment();
  }

  void count(Sent which) {
    of(sent, which).increment();
  }

  /** How many questions ended so. */
  public long of(Asked which) {
    return of(asked, which).sum();
  }

  /** How many messages were bad so. */
  public long of(Bad which) {
    return of(bad, which).sum();
  }

  /** How often a record that was sent ended so. */
  public long of(Sent which) {
    return of(sent, which).sum();
  }
}
