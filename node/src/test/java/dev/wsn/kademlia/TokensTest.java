package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TokensTest {
  private static final long START = 1_000;
  private static final long TURN = Protocol.TOKEN_SECRET_MILLIS;
  private static final NodeId TARGET = Peers.id(1);

  private final Tokens tokens = new Tokens(Peers.random(1));
  private final Caller caller = new Caller(Peers.key(1), Peers.loopback(1), 100);

  @Test
  void tokenProvesTheAddressOfItsCallerAndNothingElse() {
    Token token = tokens.forAddress(START, caller);
    Caller otherPort = new Caller(Peers.key(1), Peers.loopback(2), 100);
    Caller otherKey = new Caller(Peers.key(2), Peers.loopback(1), 100);
    Caller otherAddress = new Caller(Peers.key(1), Peers.address("127.0.0.2:10001"), 100);

    assertThat(tokens.provesAddress(START, caller, token)).isTrue();
    for (Caller other : List.of(otherPort, otherKey, otherAddress)) {
      assertThat(tokens.provesAddress(START, other, token)).isFalse();
    }
    assertThat(tokens.provesAddress(START, caller, Token.NONE)).isFalse();
    assertThat(tokens.provesAddress(START, caller, new Token(token.bits() ^ 1))).isFalse();
    assertThat(tokens.allowsStore(START, caller, TARGET, token)).isFalse();
  }

  @Test
  void storeTokenIsBoundToItsTarget() {
    Token token = tokens.forStore(START, caller, TARGET);

    assertThat(tokens.allowsStore(START, caller, TARGET, token)).isTrue();
    assertThat(tokens.allowsStore(START, caller, Peers.id(2), token)).isFalse();
    assertThat(tokens.provesAddress(START, caller, token)).isFalse();
  }

  @Test
  void lengthOfTheRequestDoesNotMatter() {
    Token token = tokens.forAddress(START, caller);
    Caller longer = new Caller(caller.key(), caller.address(), 1232);
    assertThat(tokens.provesAddress(START, longer, token)).isTrue();
  }

  @Test
  void tokenIsGoodForAtLeastOneTurnAndAtMostTwo() {
    Token first = tokens.forAddress(START, caller);
    assertThat(tokens.provesAddress(START + 2 * TURN - 1, caller, first)).isTrue();
    assertThat(tokens.provesAddress(START + 2 * TURN, caller, first)).isFalse();

    Token last = tokens.forAddress(START + 3 * TURN - 1, caller);
    assertThat(tokens.provesAddress(START + 4 * TURN - 1, caller, last)).isTrue();
    assertThat(tokens.provesAddress(START + 4 * TURN, caller, last)).isFalse();
  }

  @Test
  void noTokenSurvivesALongPause() {
    Token token = tokens.forAddress(START, caller);
    assertThat(tokens.provesAddress(START + 50 * TURN, caller, token)).isFalse();
    Token fresh = tokens.forAddress(START + 50 * TURN, caller);
    assertThat(tokens.provesAddress(START + 51 * TURN - 1, caller, fresh)).isTrue();
  }

  @Test
  void everyNodeHasItsOwnSecretAndKeepsIt() {
    Tokens others = new Tokens(Peers.random(2));
    assertThat(others.provesAddress(START, caller, tokens.forAddress(START, caller))).isFalse();
    assertThat(tokens).hasToString("Tokens(_)");
  }

  @Test
  void tokensOfOthersAreUsedWhileTheyAreGood() {
    AddressTokens held = new AddressTokens();
    Contact contact = Peers.contact(1);
    held.learn(contact, new Token(7), START);

    assertThat(held.of(contact, START + Protocol.TOKEN_LIFE_MILLIS - 1)).isEqualTo(new Token(7));
    assertThat(held.of(contact, START + Protocol.TOKEN_LIFE_MILLIS)).isEqualTo(Token.NONE);
    assertThat(held.of(Peers.contact(2), START)).isEqualTo(Token.NONE);
  }

  @Test
  void tokensOfOthersAreBounded() {
    AddressTokens held = new AddressTokens();
    for (int i = 0; i <= Protocol.MAX_ADDRESS_TOKENS; i++) {
      boolean isRoom = i < Protocol.MAX_ADDRESS_TOKENS;
      assertThat(held.learn(Peers.contact(i), new Token(7), START)).isEqualTo(isRoom);
      held.of(Peers.contact(0), START);
    }
    assertThat(held.size()).isEqualTo(Protocol.MAX_ADDRESS_TOKENS);
    assertThat(held.of(Peers.contact(0), START)).as("used last").isEqualTo(new Token(7));
    assertThat(held.of(Peers.contact(1), START)).as("used longest ago").isEqualTo(Token.NONE);
  }
}
