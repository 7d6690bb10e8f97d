package dev.wsn.record;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The serialization that a NIP-01 event id is the hash of: {@code
 * [0,pubkey,created_at,kind,tags,content]} as JSON without white space, in UTF-8. Seven characters
 * are escaped and nothing else, not even the other control characters; libraries differ there,
 * which is why records may not contain any.
 */
final class CanonicalEvent {
  /** Room for everything of a usual record, so that the builder does not grow. */
  private static final int USUAL_CHARS = 512;

  private CanonicalEvent() {}

  static byte[] bytes(
      PublicKey pubkey, long createdAt, int kind, List<List<String>> tags, String content) {
    StringBuilder json = new StringBuilder(USUAL_CHARS);
    json.append("[0,\"").append(pubkey.hex()).append("\",").append(createdAt);
    json.append(',').append(kind).append(",[");
    for (int i = 0; i < tags.size(); i++) {
      json.append(i == 0 ? "[" : ",[");
      List<String> tag = tags.get(i);
      for (int j = 0; j < tag.size(); j++) {
        if (j > 0) {
          json.append(',');
        }
        appendString(json, tag.get(j));
      }
      json.append(']');
    }
    json.append("],");
    appendString(json, content);
    return json.append(']').toString().getBytes(StandardCharsets.UTF_8);
  }

  static EventId id(byte[] serialization) {
    return EventId.of(Sha256.hash(serialization));
  }

  private static void appendString(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> json.append("\\n");
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        case '\b' -> json.append("\\b");
        case '\f' -> json.append("\\f");
        default -> json.append(c);
      }
    }
    json.append('"');
  }
}
