package dev.wsn.gateway.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WebSocketCodecTest {
  private static final int PIECE = 1000;
  private static final long MAX_MESSAGE = 100_000;

  private static WebSocketDecoder serverSide() {
    return new WebSocketDecoder(true, PIECE, MAX_MESSAGE);
  }

  private static WebSocketDecoder clientSide() {
    return new WebSocketDecoder(false, PIECE, MAX_MESSAGE);
  }

  private static List<Frame> decode(WebSocketDecoder decoder, byte[] bytes)
      throws ChannelException {
    decoder.append(bytes);
    List<Frame> frames = new ArrayList<>();
    for (Optional<Frame> next = decoder.next(); next.isPresent(); next = decoder.next()) {
      frames.add(next.get());
    }
    return frames;
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  @Test
  void readsTheExamplesOfTheStandard() throws ChannelException {
    Frame plain = decode(clientSide(), hex("81 05 48 65 6c 6c 6f")).get(0);
    Frame masked = decode(serverSide(), hex("81 85 37 fa 21 3d 7f 9f 4d 51 58")).get(0);
    List<Frame> pieces = decode(clientSide(), hex("01 03 48 65 6c 80 02 6c 6f"));

    assertThat(plain.opcode()).isEqualTo(Opcode.TEXT);
    assertThat(plain.isFinal()).isTrue();
    assertThat(plain.payload()).asString(StandardCharsets.UTF_8).isEqualTo("Hello");
    assertThat(masked.payload()).asString(StandardCharsets.UTF_8).isEqualTo("Hello");
    assertThat(pieces).hasToString("[TEXT…(3 bytes), CONTINUATION(2 bytes)]");
  }

  @ParameterizedTest
  @CsvSource({
    "81 05 48 65 6c 6c 6f, BAD_WEBSOCKET, unmasked",
    "c1 85 37 fa 21 3d 7f 9f 4d 51 58, BAD_WEBSOCKET, reserved bit",
    "83 80 00 00 00 00, UNKNOWN_OPCODE, opcode of the channel only",
    "8b 80 00 00 00 00, UNKNOWN_OPCODE, unknown control opcode",
    "80 80 00 00 00 00, OUT_OF_ORDER, continuation of nothing",
    "09 80 00 00 00 00, BAD_CONTROL, fragmented ping",
    "89 fe 00 7e 00 00 00 00, BAD_CONTROL, long ping",
    "82 fe 00 7d 00 00 00 00, BAD_WEBSOCKET, two bytes for a short length",
    "82 ff 00 00 00 00 00 00 ff ff 00 00 00 00, BAD_WEBSOCKET, eight bytes for a short length",
    "82 ff 80 00 00 00 00 00 00 00 00 00 00 00, BAD_WEBSOCKET, negative length",
    "82 ff 7f ff ff ff ff ff ff ff 00 00 00 00, TOO_LARGE, huge length",
  })
  void refusesWhatTheStandardForbids(String frame, ChannelEnd end, String why) {
    assertThatThrownBy(() -> decode(serverSide(), hex(frame)))
        .as(why)
        .isInstanceOfSatisfying(
            ChannelException.class, thrown -> assertThat(thrown.end()).isEqualTo(end));
  }

  @Test
  void refusesFramesAfterClose() {
    assertThatThrownBy(() -> decode(clientSide(), hex("88 00 81 00")))
        .isInstanceOfSatisfying(
            ChannelException.class,
            thrown -> assertThat(thrown.end()).isEqualTo(ChannelEnd.OUT_OF_ORDER));
  }

  @Test
  void countsAMessageOverItsFrames() {
    WebSocketEncoder encoder = WebSocketEncoder.of(WebSocketSide.SERVER, new SecureRandom());
    byte[] half = new byte[(int) MAX_MESSAGE / 2 + 1];
    WebSocketDecoder decoder = clientSide();

    assertThatThrownBy(
            () -> {
              decode(decoder, encoder.encode(new Frame(Opcode.BINARY, false, half)));
              decode(decoder, encoder.encode(new Frame(Opcode.CONTINUATION, true, half)));
            })
        .isInstanceOfSatisfying(
            ChannelException.class,
            thrown -> assertThat(thrown.end()).isEqualTo(ChannelEnd.TOO_LARGE));
  }

  @Property(tries = 300)
  void whatIsEncodedIsDecodedHoweverTheStreamIsCut(
      @ForAll @Size(max = 12) List<@IntRange(max = 5000) Integer> lengths,
      @ForAll WebSocketSide side,
      @ForAll long seed)
      throws ChannelException {
    Random random = new Random(seed);
    WebSocketEncoder encoder = WebSocketEncoder.of(side, new SecureRandom());
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    for (int length : lengths) {
      byte[] payload = new byte[length];
      random.nextBytes(payload);
      sent.writeBytes(payload);
      stream.writeBytes(encoder.encode(new Frame(Opcode.BINARY, true, payload)));
      stream.writeBytes(encoder.encode(Frame.ping()));
    }

    WebSocketDecoder decoder = new WebSocketDecoder(side == WebSocketSide.CLIENT, PIECE, 5000);
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    int messages = 0;
    int pings = 0;
    byte[] all = stream.toByteArray();
    for (int at = 0; at < all.length; ) {
      int end = Math.min(all.length, at + 1 + random.nextInt(700));
      for (Frame frame : decode(decoder, Arrays.copyOfRange(all, at, end))) {
        assertThat(frame.payload().length).isLessThanOrEqualTo(PIECE);
        received.writeBytes(frame.payload());
        pings += frame.opcode() == Opcode.PING ? 1 : 0;
        messages += frame.opcode() != Opcode.PING && frame.isFinal() ? 1 : 0;
      }
      at = end;
    }

    assertThat(received.toByteArray()).isEqualTo(sent.toByteArray());
    assertThat(messages).isEqualTo(lengths.size());
    assertThat(pings).isEqualTo(lengths.size());
  }

  @Property(tries = 2000)
  void arbitraryBytesThrowNothingButTheChannelsException(
      @ForAll byte[] bytes, @ForAll boolean expectsMask) {
    WebSocketDecoder decoder = new WebSocketDecoder(expectsMask, 125, 300);
    try {
      for (Frame frame : decode(decoder, bytes)) {
        assertThat(frame.payload().length).isLessThanOrEqualTo(125);
      }
    } catch (ChannelException refused) {
      assertThat(refused.end()).isNotEqualTo(ChannelEnd.CLOSED);
    }
  }

  @Test
  void announcingALongFrameCostsNoMemory() throws ChannelException {
    WebSocketDecoder decoder = new WebSocketDecoder(false, 65_518, 1 << 20);

    decode(decoder, hex("82 7f 00 00 00 00 00 10 00 00 aa bb"));

    assertThat(decoder.heldBytes()).isEqualTo(2);
  }

  @Test
  void aFrameLongerThanAPieceIsHandedOnAsItComes() throws ChannelException {
    WebSocketDecoder decoder = new WebSocketDecoder(false, 4000, MAX_MESSAGE);
    byte[] frame =
        WebSocketEncoder.of(WebSocketSide.SERVER, new SecureRandom())
            .encode(new Frame(Opcode.BINARY, true, new byte[10_000]));
    int[] ends = {4 + 3000, 4 + 3500, 4 + 4100, 4 + 9900, 4 + 9990, 4 + 10_000};
    List<String> pieces = new ArrayList<>();

    int from = 0;
    for (int end : ends) {
      pieces.add(decode(decoder, Arrays.copyOfRange(frame, from, end)).toString());
      from = end;
    }

    assertThat(pieces)
        .containsExactly(
            "[BINARY…(3000 bytes)]",
            "[]",
            "[CONTINUATION…(1024 bytes)]",
            "[CONTINUATION…(1024 bytes), CONTINUATION…(4000 bytes)]",
            "[]",
            "[CONTINUATION(952 bytes)]");
  }

  @Test
  void aTextMessageOnTheOuterSocketIsRefused() {
    MessageAssembler assembler = new MessageAssembler();

    assertThatThrownBy(() -> assembler.take(new Frame(Opcode.TEXT, true, new byte[1])))
        .isInstanceOf(ChannelException.class);
  }

  @Test
  void aMessageThatAProxyFragmentedIsJoined() throws ChannelException {
    MessageAssembler assembler = new MessageAssembler();

    assertThat(assembler.take(new Frame(Opcode.BINARY, false, hex("01 02")))).isEmpty();
    assertThat(assembler.take(new Frame(Opcode.CONTINUATION, false, hex("03")))).isEmpty();
    assertThat(assembler.take(new Frame(Opcode.CONTINUATION, true, hex("04"))))
        .hasValueSatisfying(message -> assertThat(message.payload()).containsExactly(1, 2, 3, 4));
    assertThat(assembler.take(new Frame(Opcode.BINARY, true, hex("05"))))
        .hasValueSatisfying(message -> assertThat(message.payload()).containsExactly(5));
  }
}
