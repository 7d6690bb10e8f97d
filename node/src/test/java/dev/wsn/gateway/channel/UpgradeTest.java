package dev.wsn.gateway.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class UpgradeTest {
  private static final Pattern KEY = Pattern.compile("Sec-WebSocket-Key: (\\S+)\r\n");

  private final Upgrade upgrade =
      Upgrade.request(
          "203.0.113.7:80", "/a", List.of("one", "two"), List.of("X-A: b"), new SecureRandom());

  private String key() {
    Matcher matcher = KEY.matcher(new String(upgrade.bytes(), StandardCharsets.US_ASCII));
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  private static UpgradeResponse parse(String text) throws ChannelException {
    Optional<UpgradeResponse> response =
        UpgradeResponse.parse(text.getBytes(StandardCharsets.ISO_8859_1));
    assertThat(response).isPresent();
    return response.orElseThrow();
  }

  @Test
  void theAnswerToAKeyIsTheOneOfTheStandard() {
    assertThat(Upgrade.answer("dGhlIHNhbXBsZSBub25jZQ=="))
        .isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assertThat(Upgrade.isKey("dGhlIHNhbXBsZSBub25jZQ==")).isTrue();
    assertThat(Upgrade.isKey("dGhlIHNhbXBsZQ==")).isFalse();
    assertThat(Upgrade.isKey("?")).isFalse();
  }

  @Test
  void asksAndAccepts() throws Exception {
    String text = new String(upgrade.bytes(), StandardCharsets.US_ASCII);
    String answer =
        "HTTP/1.1 101 Switching\r\nupgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
            + "Sec-WebSocket-Protocol: two\r\nSec-WebSocket-Accept: "
            + Upgrade.answer(key())
            + "\r\n\r\nrest";

    UpgradeResponse response = parse(answer);

    assertThat(text).startsWith("GET /a HTTP/1.1\r\nHost: 203.0.113.7:80\r\n").endsWith("\r\n\r\n");
    assertThat(text).contains("\r\nSec-WebSocket-Protocol: one, two\r\nX-A: b\r\n");
    assertThat(upgrade.accept(response)).isEqualTo("two");
    assertThat(answer.substring(response.headBytes())).isEqualTo("rest");
  }

  @ParameterizedTest
  @CsvSource({
    "101, h2c, upgrade, true, two, , BAD_WEBSOCKET",
    "101, websocket, close, true, two, , BAD_WEBSOCKET",
    "101, websocket, upgrade, false, two, , BAD_WEBSOCKET",
    "101, websocket, upgrade, true, three, , BAD_WEBSOCKET",
    "101, websocket, upgrade, true, two, permessage-deflate, BAD_WEBSOCKET",
  })
  void refusesOtherAnswers(
      int status,
      String protocol,
      String connection,
      boolean isRightKey,
      String subprotocol,
      String extensions,
      ChannelEnd end)
      throws ChannelException {
    String accept = Upgrade.answer(isRightKey ? key() : "dGhlIHNhbXBsZSBub25jZQ==");
    String text =
        "HTTP/1.1 %d x\r\nUpgrade: %s\r\nConnection: %s\r\nSec-WebSocket-Accept: %s\r\n"
            .formatted(status, protocol, connection, accept);
    String more = extensions == null ? "" : "Sec-WebSocket-Extensions: " + extensions + "\r\n";
    UpgradeResponse response =
        parse(text + "Sec-WebSocket-Protocol: " + subprotocol + "\r\n" + more + "\r\n");

    assertThatThrownBy(() -> upgrade.accept(response))
        .isInstanceOfSatisfying(
            ChannelException.class, thrown -> assertThat(thrown.end()).isEqualTo(end));
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 301, 403, 503})
  void aRefusalKeepsItsStatus(int status) throws ChannelException {
    UpgradeResponse response = parse("HTTP/1.1 " + status + " no\r\n\r\n");

    assertThatThrownBy(() -> upgrade.accept(response))
        .isInstanceOfSatisfying(
            UpgradeRefusedException.class, thrown -> assertThat(thrown.status()).isEqualTo(status));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n\r\n",
        "HTTP/1.0 101 x\r\n\r\n",
        "HTTP/1.1 1\r\n\r\n",
        "HTTP/1.1 999 x\r\n\r\n",
        "HTTP/1.1 101 x\r\n: a\r\n\r\n",
        "HTTP/1.1 101 x\r\na b: c\r\n\r\n",
        "HTTP/1.1 101 x\r\nno colon\r\n\r\n",
      })
  void refusesHeadsThatAreNone(String text) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(ChannelException.class);
  }

  @Test
  void aHeadIsBounded() throws ChannelException {
    byte[] endless = "a".repeat(UpgradeResponse.MAX_HEAD_BYTES).getBytes(StandardCharsets.US_ASCII);
    String manyFields = "a: b\r\n".repeat(UpgradeResponse.MAX_FIELDS + 1);

    assertThat(UpgradeResponse.parse("HTTP/1.1 101".getBytes(StandardCharsets.US_ASCII))).isEmpty();
    assertThatThrownBy(() -> UpgradeResponse.parse(endless)).isInstanceOf(ChannelException.class);
    assertThatThrownBy(() -> parse("HTTP/1.1 101 x\r\n" + manyFields + "\r\n"))
        .isInstanceOf(ChannelException.class);
  }

  @Test
  void aLineBreakCannotEnterTheRequest() {
    assertThatThrownBy(
            () -> Upgrade.request("h", "/a\r\nX: y", List.of(), List.of(), new SecureRandom()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Property(tries = 1000)
  void arbitraryBytesThrowNothingButTheChannelsException(@ForAll byte[] bytes) {
    try {
      var unused = UpgradeResponse.parse(bytes);
    } catch (ChannelException refused) {
      assertThat(refused.end()).isEqualTo(ChannelEnd.BAD_WEBSOCKET);
    }
  }
}
