package dev.wsn.wire;

import dev.wsn.kademlia.Reply.Refusal;
import dev.wsn.record.RecordRejection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The byte of each refusal. The numbers are part of the protocol, so they are written down and do
 * not follow the order of the enum.
 */
final class RefusalCode {
  private static final int BAD_TOKEN = 0;
  private static final Map<RecordRejection, Integer> CODES = new EnumMap<>(RecordRejection.class);
  private static final Map<Integer, RecordRejection> REJECTIONS = new HashMap<>();

  static {
    for (RecordRejection rejection : RecordRejection.values()) {
      CODES.put(rejection, number(rejection));
      REJECTIONS.put(number(rejection), rejection);
    }
  }

  private RefusalCode() {}

  static int of(Refusal refusal) {
    return refusal.rejection().map(CODES::get).orElse(BAD_TOKEN);
  }

  /** The refusal with this code, or empty if there is none. */
  static Optional<Refusal> decode(int code) {
    if (code == BAD_TOKEN) {
      return Optional.of(new Refusal(true, Optional.empty()));
    }
    return Optional.ofNullable(REJECTIONS.get(code)).map(r -> new Refusal(false, Optional.of(r)));
  }

  private static int number(RecordRejection rejection) {
    return switch (rejection) {
      case MALFORMED -> 1;
      case WRONG_KIND -> 2;
      case CONTENT_NOT_EMPTY -> 3;
      case FORBIDDEN_CHARACTER -> 4;
      case TOO_LARGE -> 5;
      case NO_EXPIRATION -> 6;
      case EXPIRED -> 7;
      case LIFETIME_TOO_LONG -> 8;
      case FROM_THE_FUTURE -> 9;
      case TOO_MANY_ENDPOINTS -> 10;
      case BAD_ENDPOINT -> 11;
      case PRIVATE_ADDRESS -> 12;
      case UNUSABLE_ADDRESS -> 13;
      case BAD_ID -> 14;
      case BAD_SIGNATURE -> 15;
      case OLDER_THAN_KNOWN -> 16;
      case FULL -> 17;
    };
  }
}
