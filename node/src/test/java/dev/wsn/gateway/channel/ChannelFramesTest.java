package dev.wsn.gateway.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ChannelFramesTest {
  private static final byte[] HEAD = ChannelFrames.encode(headOf("/"));

  private static Frame headOf(String path) {
    return HeadJson.encode(RequestHead.webSocket(path, List.of()));
  }

  private static Frame json(String text) {
    return new Frame(Opcode.HEAD, true, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertEnds(ChannelEnd end, ThrowingRun run) {
    assertThatThrownBy(run::run)
        .isInstanceOfSatisfying(
            ChannelException.class, thrown -> assertThat(thrown.end()).isEqualTo(end));
  }

  private interface ThrowingRun {
    void run() throws Exception;
  }

  private static ChannelFrames afterHead() throws ChannelException {
    ChannelFrames frames = new ChannelFrames(10);
    assertThat(only(frames, HEAD).opcode()).isEqualTo(Opcode.HEAD);
    return frames;
  }

  private static Frame only(ChannelFrames frames, byte[] message) throws ChannelException {
    List<Frame> all = frames.decode(message);
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  @Test
  void aFrameIsFinAndOpcodeAndLengthAndPayload() throws ChannelException {
    byte[] text = ChannelFrames.encode(new Frame(Opcode.TEXT, true, new byte[] {'a'}));
    byte[] more = ChannelFrames.encode(new Frame(Opcode.CONTINUATION, false, new byte[0]));

    assertThat(text).containsExactly(0x81, 1, 'a');
    assertThat(more).containsExactly(0x00, 0);
    assertThat(HEAD).startsWith(0x83, HEAD.length - 2);
    assertThat(only(afterHead(), text)).hasToString("TEXT(1 bytes)");
  }

  @Test
  void aHeadComesFirstAndOnce() throws ChannelException {
    assertEnds(ChannelEnd.OUT_OF_ORDER, () -> new ChannelFrames(10).decode(hex("81 00")));
    ChannelFrames frames = afterHead();
    assertEnds(ChannelEnd.OUT_OF_ORDER, () -> frames.decode(HEAD));
  }

  @ParameterizedTest
  @CsvSource({
    "'', BAD_FRAME",
    "81, BAD_FRAME",
    "81 01, BAD_FRAME",
    "81 02 61, BAD_FRAME",
    "81 7d 61, BAD_FRAME",
    "81 7e, BAD_FRAME",
    "81 7e 00, BAD_FRAME",
    "81 7e 00 7e, BAD_FRAME",
    "81 7e 00 00, BAD_FRAME",
    "81 7e 00 01 61, BAD_FRAME",
    "81 7f 00 00 00 00 00 00 00 01 61, BAD_FRAME",
    "81 81 00 00 00 00 61, BAD_FRAME",
    "81 80 00 00 00 00, BAD_FRAME",
    "81 ff, BAD_FRAME",
    "84 00, UNKNOWN_OPCODE",
    "c1 00, UNKNOWN_OPCODE",
    "80 00, OUT_OF_ORDER",
    "83 02 7b 7d, OUT_OF_ORDER",
    "09 00, BAD_CONTROL",
    "89 7e 00 7e *126, BAD_CONTROL",
    "88 01 03, BAD_CONTROL",
    "88 02 00 00, BAD_CONTROL",
    "88 02 03 ed, BAD_CONTROL",
    "88 02 03 ee, BAD_CONTROL",
    "88 03 03 e8 ff, BAD_CONTROL",
    "88 00 81 00, OUT_OF_ORDER",
    "88 00 88 00, OUT_OF_ORDER",
    "88 00 00, OUT_OF_ORDER",
    "88 02 03 e8 8a 00, OUT_OF_ORDER",
    "81 0b 01 02 03 04 05 06 07 08 09 0a 0b, TOO_LARGE",
  })
  void refusesWhatMayNotCome(String frame, ChannelEnd end) {
    String padded = frame.replace("*126", "00".repeat(126));
    assertEnds(end, () -> afterHead().decode(hex(padded)));
    // Nor may it come behind another frame of the same message.
    if (!frame.isEmpty()) {
      assertEnds(end, () -> afterHead().decode(hex("8a 00" + padded)));
    }
  }

  @Test
  void aMessageHoldsSeveralFrames() throws ChannelException {
    ChannelFrames frames = new ChannelFrames(10);

    List<Frame> all =
        frames.decode(
            ChannelFrames.encode(
                headOf("/"),
                new Frame(Opcode.TEXT, true, new byte[] {'a'}),
                new Frame(Opcode.BINARY, false, new byte[] {'b', 'b'}),
                Frame.ping(),
                new Frame(Opcode.CONTINUATION, false, new byte[0])));
    List<Frame> rest =
        frames.decode(
            ChannelFrames.encode(
                new Frame(Opcode.CONTINUATION, true, new byte[] {'c'}),
                Frame.close(CloseStatus.of(CloseStatus.NORMAL))));

    assertThat(all)
        .hasToString(
            "[HEAD(12 bytes), TEXT(1 bytes), BINARY…(2 bytes), PING(0 bytes),"
                + " CONTINUATION…(0 bytes)]");
    assertThat(all.get(2).payload()).containsExactly('b', 'b');
    assertThat(rest).hasToString("[CONTINUATION(1 bytes), CLOSE(2 bytes)]");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 124, 125, 126, 127, 255, 256, 16_364, 65_515})
  void everyLengthHasOneForm(int length) throws ChannelException {
    ChannelFrames frames = new ChannelFrames(length);
    assertThat(only(frames, HEAD).opcode()).isEqualTo(Opcode.HEAD);

    byte[] message = ChannelFrames.encode(new Frame(Opcode.BINARY, true, new byte[length]));

    assertThat(message).hasSize(length + (length < 126 ? 2 : 4));
    assertThat(only(frames, message).length()).isEqualTo(length);
  }

  @Test
  void oneByteMoreThanFitsIsNotEncoded() {
    Frame longest = new Frame(Opcode.BINARY, true, new byte[ChannelProtocol.MAX_PAYLOAD_BYTES]);

    assertThat(ChannelFrames.encode(longest)).hasSize(65_519);
    assertThatThrownBy(() -> ChannelFrames.encode(longest, Frame.ping()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aBatchIsFullAtSixteenKibibytesWithItsTag() {
    Frame half = new Frame(Opcode.BINARY, true, new byte[8000]);
    FrameBatch batch = FrameBatch.empty();

    assertThat(batch.isEmpty()).isTrue();
    assertThat(batch.hasRoomFor(new Frame(Opcode.TEXT, true, new byte[16_364]))).isTrue();
    assertThat(batch.hasRoomFor(new Frame(Opcode.TEXT, true, new byte[16_365]))).isFalse();
    batch.append(half);
    batch.append(half);
    assertThat(batch.hasRoomFor(new Frame(Opcode.TEXT, true, new byte[356]))).isTrue();
    assertThat(batch.hasRoomFor(new Frame(Opcode.TEXT, true, new byte[357]))).isFalse();
    batch.clear();
    assertThat(batch.isEmpty()).isTrue();
  }

  @Test
  void nothingFollowsAClose() throws ChannelException {
    ChannelFrames frames = afterHead();
    CloseStatus status = new CloseStatus(4000, "bye");

    Frame close = only(frames, ChannelFrames.encode(Frame.close(status)));

    assertThat(CloseStatus.decode(close.payload())).isEqualTo(status);
    assertEnds(ChannelEnd.OUT_OF_ORDER, () -> frames.decode(hex("81 00")));
  }

  @Test
  void aCloseMayComeInsteadOfAHead() throws ChannelException {
    Frame close = only(new ChannelFrames(10), hex("88 00"));

    assertThat(close.opcode()).isEqualTo(Opcode.CLOSE);
    assertEnds(ChannelEnd.OUT_OF_ORDER, () -> new ChannelFrames(10).decode(hex("89 00")));
  }

  @Test
  void controlFramesMayInterruptAMessage() throws ChannelException {
    ChannelFrames frames = afterHead();

    assertThat(only(frames, hex("01 01 01")).isFinal()).isFalse();
    assertThat(only(frames, hex("89 00")).opcode()).isEqualTo(Opcode.PING);
    assertThat(only(frames, hex("80 01 02")).isFinal()).isTrue();
    assertEnds(ChannelEnd.OUT_OF_ORDER, () -> frames.decode(hex("80 01 03")));
  }

  @Property(tries = 3000)
  void arbitraryBytesThrowNothingButTheChannelsException(
      @ForAll List<byte[]> messages, @ForAll boolean hasHead) {
    ChannelFrames frames = new ChannelFrames(100);
    try {
      if (hasHead) {
        assertThat(only(frames, HEAD).opcode()).isEqualTo(Opcode.HEAD);
      }
      for (byte[] message : messages) {
        List<Frame> all = frames.decode(message);
        assertThat(ChannelFrames.encode(all.toArray(Frame[]::new))).isEqualTo(message);
      }
    } catch (ChannelException refused) {
      assertThat(refused).hasNoCause().hasMessage(refused.end().label());
    }
  }

  @Test
  void headsAreCompactJson() throws ChannelException {
    Frame request = HeadJson.encode(RequestHead.webSocket("/a?b=c", List.of("nostr", "x")));
    Frame response = HeadJson.encode(ResponseHead.switched("nostr"));
    Frame failure = HeadJson.encode(ResponseHead.failed(502, "the backend is down"));

    assertThat(request.payload())
        .asString()
        .isEqualTo("{\"path\":\"/a?b=c\",\"protocols\":[\"nostr\",\"x\"]}");
    assertThat(response.payload()).asString().isEqualTo("{\"status\":101,\"protocol\":\"nostr\"}");
    assertThat(HeadJson.decodeRequest(request))
        .isEqualTo(RequestHead.webSocket("/a?b=c", List.of("nostr", "x")));
    assertThat(HeadJson.decodeResponse(failure))
        .isEqualTo(ResponseHead.failed(502, "the backend is down"));
  }

  @Test
  void membersThatAreNotKnownAreSkipped() throws ChannelException {
    RequestHead head =
        HeadJson.decodeRequest(json("{\"later\":[{\"x\":1}],\"path\":\"/\",\"method\":\"GET\"}"));

    assertThat(head).isEqualTo(new RequestHead("GET", "", "/", List.of(), List.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"path\":1}",
        "{\"path\":\"\"}",
        "{\"path\":\"a\"}",
        "{\"path\":\"/ \"}",
        "{\"path\":\"/#a\"}",
        "{\"path\":\"/a\\nb\"}",
        "{\"path\":\"/a\\\\b\"}",
        "{\"path\":\"/\u00e9\"}",
        "{\"path\":\"/..\"}",
        "{\"path\":\"/a/../b\"}",
        "{\"path\":\"/a/%2E./b\"}",
        "{\"path\":\"/a%2f..%2fb\"}",
        "{\"path\":\"/./b\"}",
        "{\"path\":\"/\",\"path\":\"/\"}",
        "{\"path\":\"/\"} x",
        "{\"path\":\"/\",\"protocols\":\"a\"}",
        "{\"path\":\"/\",\"protocols\":[1]}",
        "{\"path\":\"/\",\"protocols\":[\"a b\"]}",
        "{\"path\":\"/\",\"protocols\":[\"\"]}",
        "{\"path\":\"/\",\"method\":\"G T\"}",
        "{\"path\":\"/\",\"service\":null}",
        "{\"path\":\"/\",\"x\":[[[[[[[[[1]]]]]]]]]}",
      })
  void refusesHeadsThatAreNone(String text) {
    assertEnds(ChannelEnd.BAD_HEAD, () -> HeadJson.decodeRequest(json(text)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"status\":\"101\"}",
        "{\"status\":199}",
        "{\"status\":99999999999}",
        "{\"status\":101,\"protocol\":\"a b\"}",
        "{\"status\":502,\"detail\":\"a\\u0007b\"}",
      })
  void refusesResponseHeadsThatAreNone(String text) {
    assertEnds(ChannelEnd.BAD_HEAD, () -> HeadJson.decodeResponse(json(text)));
  }

  @Test
  void aDotInsideASegmentOrAfterTheQueryIsFine() {
    assertThat(RequestHead.isPath("/a..b/.well-known/x?../y=..")).isTrue();
    assertThat(RequestHead.isPath("/" + "a".repeat(RequestHead.MAX_PATH_CHARACTERS))).isFalse();
  }

  @Property(tries = 1000)
  void arbitraryHeadsThrowNothingButTheChannelsException(@ForAll byte[] bytes) {
    try {
      var unused = HeadJson.decodeRequest(new Frame(Opcode.HEAD, true, bytes));
    } catch (ChannelException refused) {
      assertThat(refused.end()).isEqualTo(ChannelEnd.BAD_HEAD);
    }
  }
}
