package dev.wsn.crypto.noise;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A handshake pattern of the Noise specification (section 7) as data: which keys are known before,
 * and which tokens each message carries. Immutable.
 */
public final class HandshakePattern {
  private static final String FROM_INITIATOR = "-> ";
  private static final String FROM_RESPONDER = "<- ";
  private static final String END_OF_PRE_MESSAGES = "...";

  /** The initiator is anonymous and knows the responder's key. */
  public static final HandshakePattern NK =
      parse(
          "NK",
          """
          <- s
          ...
          -> e, es
          <- e, ee
          """);

  /** Both authenticate; the initiator knows the responder's key and sends its own, encrypted. */
  public static final HandshakePattern IK =
      parse(
          "IK",
          """
          <- s
          ...
          -> e, es, s, ss
          <- e, ee, se
          """);

  /** What a message carries (section 5.3): a public key, or a DH that both mix in. */
  enum Token {
    E,
    S,
    EE,
    ES,
    SE,
    SS
  }

  private final String name;
  private final boolean isInitiatorKnown;
  private final boolean isResponderKnown;
  private final List<List<Token>> messages;

  private HandshakePattern(
      String name, boolean isInitiatorKnown, boolean isResponderKnown, List<List<Token>> messages) {
    this.name = name;
    this.isInitiatorKnown = isInitiatorKnown;
    this.isResponderKnown = isResponderKnown;
    this.messages = List.copyOf(messages);
  }

  /**
   * The pattern in the notation of the specification, one message a line.
   *
   * @param notation pre-messages {@code -> s} and {@code <- s} and a line of three dots, if there
   *     are pre-messages; then the messages in turn, the first from the initiator
   * @throws IllegalArgumentException if it is not in this notation
   */
  static HandshakePattern parse(String name, String notation) {
    List<String> lines = notation.strip().lines().map(String::strip).toList();
    int dots = lines.indexOf(END_OF_PRE_MESSAGES);
    List<String> before = lines.subList(0, Math.max(0, dots));
    if (!List.of("-> s", "<- s").containsAll(before)) {
      throw new IllegalArgumentException("pre-messages of " + name);
    }
    List<List<Token>> messages = new ArrayList<>();
    for (String line : lines.subList(dots + 1, lines.size())) {
      String arrow = messages.size() % 2 == 0 ? FROM_INITIATOR : FROM_RESPONDER;
      if (!line.startsWith(arrow)) {
        throw new IllegalArgumentException("turns of " + name);
      }
      List<Token> tokens = new ArrayList<>();
      for (String token : line.substring(arrow.length()).split(",", -1)) {
        tokens.add(Token.valueOf(token.strip().toUpperCase(Locale.ROOT)));
      }
      messages.add(List.copyOf(tokens));
    }
    return new HandshakePattern(name, before.contains("-> s"), before.contains("<- s"), messages);
  }

  /** The name in the specification, such as {@code NK}. */
  public String name() {
    return name;
  }

  /** Whether the responder knows the initiator's static key before the handshake. */
  boolean isInitiatorKnown() {
    return isInitiatorKnown;
  }

  /** Whether the initiator knows the responder's static key before the handshake. */
  boolean isResponderKnown() {
    return isResponderKnown;
  }

  /** The tokens of each message; even ones are the initiator's. */
  List<List<Token>> messages() {
    return messages;
  }

  /** Whether the initiator has a static key at all. */
  public boolean authenticatesInitiator() {
    if (isInitiatorKnown) {
      return true;
    }
    for (int i = 0; i < messages.size(); i += 2) {
      if (messages.get(i).contains(Token.S)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return name;
  }
}
