package dev.wsn.kademlia;

import java.util.LinkedHashMap;
import java.util.Map;

/** The address tokens that others gave us, while they are good; bounded. */
final class AddressTokens {
  private record Held(Token token, long sinceMillis) {}

  private final Map<Contact, Held> byContact =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Contact, Held> eldest) {
          return size() > Protocol.MAX_ADDRESS_TOKENS;
        }
      };

  /** Keeps a token; false if another one had to go for it. */
  boolean learn(Contact contact, Token token, long nowMillis) {
    boolean isFull = byContact.size() >= Protocol.MAX_ADDRESS_TOKENS;
    return byContact.put(contact, new Held(token, nowMillis)) != null || !isFull;
  }

  Token of(Contact contact, long nowMillis) {
    Held held = byContact.get(contact);
    if (held == null || nowMillis - held.sinceMillis >= Protocol.TOKEN_LIFE_MILLIS) {
      return Token.NONE;
    }
    return held.token;
  }

  int size() {
    return byContact.size();
  }
}
