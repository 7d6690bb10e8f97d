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
    assertThat(frames.decode(HEAD).opcode()).isEqualTo(Opcode.HEAD);
    return frames;
  }

  @Test
  void theFirstByteIsFinAndOpcode() throws ChannelException {
    byte[] text = ChannelFrames.encode(new Frame(Opcode.TEXT, true, new byte[] {'a'}));
    byte[] more = ChannelFrames.encode(new Frame(Opcode.CONTINUATION, false, new byte[0]));

    assertThat(text).containsExactly(0x81, 'a');
    assertThat(more).containsExactly(0x00);
    assertThat(HEAD[0]).isEqualTo((byte) 0x83);
    assertThat(afterHead().decode(text)).hasToString("TEXT(1 bytes)");
  }

  @Test
  void aHeadComesFirstAndOnce() throws ChannelException {
    assertEnds(
        ChannelEnd.OUT_OF_ORDER, () -> new ChannelFrames(10).decode(new byte[] {(byte) 0x81}));
    ChannelFrames frames = afterHead();
    assertEnds(ChannelEnd.OUT_OF_ORDER, () -> frames.decode(HEAD));
  }

  @ParameterizedTest
  @CsvSource({
    "'', UNKNOWN_OPCODE",
    "84, UNKNOWN_OPCODE",
    "c1, UNKNOWN_OPCODE",
    "80, OUT_OF_ORDER",
    "09, BAD_CONTROL",
    "8803, BAD_CONTROL",
    "880000, BAD_CONTROL",
    "8803ed, BAD_CONTROL",
    "8803ee, BAD_CONTROL",
    "8803e8ff, BAD_CONTROL",
    "810102030405060708090a0b, TOO_LARGE",
  })
  void refusesWhatMayNotCome(String frame, ChannelEnd end) {
    assertEnds(end, () -> afterHead().decode(HexFormat.of().parseHex(frame)));
  }

  @Test
  void nothingFollowsAClose() throws ChannelException {
    ChannelFrames frames = afterHead();
    CloseStatus status = new CloseStatus(4000, "bye");

    Frame close = frames.decode(ChannelFrames.encode(Frame.close(status)));

    assertThat(CloseStatus.decode(close.payload())).isEqualTo(status);
    assertEnds(ChannelEnd.OUT_OF_ORDER, () -> frames.decode(new byte[] {(byte) 0x81}));
  }

  @Test
  void aCloseMayComeInsteadOfAHead() throws ChannelException {
    Frame close = new ChannelFrames(10).decode(new byte[] {(byte) 0x88});

    assertThat(close.opcode()).isEqualTo(Opcode.CLOSE);
    assertEnds(
        ChannelEnd.OUT_OF_ORDER, () -> new ChannelFrames(10).decode(new byte[] {(byte) 0x89}));
  }

  @Test
  void controlFramesMayInterruptAMessage() throws ChannelException {
    ChannelFrames frames = afterHead();

    assertThat(frames.decode(new byte[] {0x01, 1}).isFinal()).isFalse();
    assertThat(frames.decode(new byte[] {(byte) 0x89}).opcode()).isEqualTo(Opcode.PING);
    assertThat(frames.decode(new byte[] {(byte) 0x80, 2}).isFinal()).isTrue();
    assertEnds(ChannelEnd.OUT_OF_ORDER, () -> frames.decode(new byte[] {(byte) 0x80, 3}));
  }

  @Property(tries = 3000)
  void arbitraryBytesThrowNothingButTheChannelsException(
      @ForAll List<byte[]> messages, @ForAll boolean hasHead) {
    ChannelFrames frames = new ChannelFrames(100);
    try {
      if (hasHead) {
        assertThat(frames.decode(HEAD).opcode()).isEqualTo(Opcode.HEAD);
      }
      for (byte[] message : messages) {
        Frame frame = frames.decode(message);
        assertThat(ChannelFrames.encode(frame)).isEqualTo(message);
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
