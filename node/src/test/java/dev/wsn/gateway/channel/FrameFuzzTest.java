package dev.wsn.gateway.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Hostile bytes into each side of the channel: what comes out is a frame or a {@link
 * ChannelException}, never anything else, and nothing that was changed on the way opens. {@code
 * -Dfuzz.frames=1000000} for a million into each; {@code -Dfuzz.seed} repeats a run.
 */
final class FrameFuzzTest {
  private static final int FRAMES = Integer.getInteger("fuzz.frames", 20_000);
  private static final long SEED = Long.getLong("fuzz.seed", 4848L);
  private static final int MAX_PLAUSIBLE = 300;
  private static final Secp256k1 CURVE = Secp256k1.preferred();
  private static final SecureRandom KEYS = new SecureRandom();

  private final SplittableRandom random = new SplittableRandom(SEED);

  @BeforeAll
  static void sayWhichSeed() {
    assertThat(FRAMES).as("seed %d", SEED).isPositive();
  }

  private byte[] bytes(int most) {
    byte[] bytes = new byte[random.nextInt(most)];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Bytes that begin as a frame would, so that more than the first check is reached. */
  private byte[] plausible() {
    byte[] bytes = bytes(MAX_PLAUSIBLE);
    if (bytes.length > 1 && random.nextInt(4) > 0) {
      byte[] opcodes = {0, 1, 2, 3, 8, 9, 10};
      int fin = random.nextBoolean() ? 0x80 : 0;
      bytes[0] = (byte) (fin | opcodes[random.nextInt(opcodes.length)]);
      bytes[1] = (byte) (random.nextInt(126) | (random.nextBoolean() ? 0x80 : 0));
    }
    return bytes;
  }

  @Test
  void webSocketBytesGiveFramesOrAnException() {
    for (boolean expectsMask : new boolean[] {true, false}) {
      int refused = 0;
      int opened = 0;
      WebSocketDecoder decoder = new WebSocketDecoder(expectsMask, 1024, 4096);
      for (int i = 0; i < FRAMES; i++) {
        try {
          decoder.append(plausible());
          for (Optional<Frame> next = decoder.next(); next.isPresent(); next = decoder.next()) {
            assertThat(next.get().payload().length).isLessThanOrEqualTo(1024);
            opened++;
          }
          assertThat(decoder.heldBytes()).isLessThan(2048 + MAX_PLAUSIBLE);
        } catch (ChannelException expected) {
          refused++;
          decoder = new WebSocketDecoder(expectsMask, 1024, 4096);
        }
      }
      assertThat(refused).isPositive();
      assertThat(opened).isPositive();
    }
  }

  /** Whole frames one after the other, most of them in order, and then perhaps a change. */
  private byte[] plausibleFrames(boolean hasHead) {
    Opcode[] opcodes = Opcode.values();
    Frame[] frames = new Frame[1 + random.nextInt(20)];
    for (int i = 0; i < frames.length; i++) {
      Opcode opcode = random.nextInt(8) > 0 ? Opcode.TEXT : opcodes[random.nextInt(7)];
      boolean isFirst = i == 0 && !hasHead;
      byte[] payload = bytes(random.nextInt(4) > 0 ? 30 : MAX_PLAUSIBLE);
      frames[i] = new Frame(isFirst ? Opcode.HEAD : opcode, random.nextInt(20) > 0, payload);
    }
    byte[] message = ChannelFrames.encode(frames);
    return switch (random.nextInt(6)) {
      case 0 -> Arrays.copyOf(message, random.nextInt(message.length));
      case 1 -> Arrays.copyOf(message, message.length + 1 + random.nextInt(3));
      case 2 -> {
        message[random.nextInt(message.length)] = (byte) random.nextInt();
        yield message;
      }
      default -> message;
    };
  }

  /** What is read is what was there, whatever it was: there are no two forms of one message. */
  @Test
  void framesOfAnAuthenticatedPeerGiveFramesOrAnException() {
    int refused = 0;
    int opened = 0;
    int together = 0;
    boolean hasHead = false;
    ChannelFrames frames = new ChannelFrames(4096);
    for (int i = 0; i < FRAMES; i++) {
      byte[] message = random.nextInt(4) == 0 ? plausible() : plausibleFrames(hasHead);
      try {
        List<Frame> all = frames.decode(message);
        hasHead = true;
        opened += all.size();
        together += all.size() > 1 ? 1 : 0;
        assertThat(ChannelFrames.encode(all.toArray(Frame[]::new))).isEqualTo(message);
        if (all.get(0).opcode() == Opcode.HEAD) {
          boolean unused = isHead(all.get(0));
        }
      } catch (ChannelException expected) {
        refused++;
        frames = new ChannelFrames(4096);
        hasHead = random.nextBoolean() && opensWithHead(frames);
      }
    }
    assertThat(refused).isPositive();
    assertThat(opened).isPositive();
    assertThat(together).isPositive();
  }

  private static boolean opensWithHead(ChannelFrames frames) {
    try {
      Frame head = HeadJson.encode(RequestHead.webSocket("/", List.of()));
      return frames.decode(ChannelFrames.encode(head)).size() == 1;
    } catch (ChannelException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static boolean isHead(Frame frame) {
    try {
      RequestHead head = HeadJson.decodeRequest(frame);
      return !head.path().isEmpty();
    } catch (ChannelException expected) {
      return false;
    }
  }

  @Test
  void headsWithOneChangeGiveHeadsOrAnException() {
    List<HttpField> fields = List.of(new HttpField("Range", "bytes=0-1"));
    byte[] request = HeadJson.encode(RequestHead.http("PUT", "/a?b", fields)).payload();
    byte[] response = HeadJson.encode(ResponseHead.http(206, fields)).payload();
    int accepted = 0;
    for (int i = 0; i < FRAMES; i++) {
      byte[] changed = (i % 2 == 0 ? request : response).clone();
      changed[random.nextInt(changed.length)] = (byte) random.nextInt();
      Frame frame = new Frame(Opcode.HEAD, true, changed);
      try {
        boolean isRead =
            i % 2 == 0
                ? HeadJson.decodeRequest(frame).isHttp()
                : HeadJson.decodeResponse(frame).status() > 0;
        accepted += isRead ? 1 : 0;
      } catch (ChannelException expected) {
        assertThat(expected.end()).isEqualTo(ChannelEnd.BAD_HEAD);
      }
    }
    assertThat(accepted).isPositive();
  }

  private record Pair(ChannelSession client, ChannelSession gateway) {}

  private static Pair channel() {
    try {
      SecretKey key = SecretKey.generate(KEYS);
      ClientSession client = ClientSession.anonymous(CURVE, CURVE.publicKey(key), KEYS, 1 << 20);
      GatewaySession gateway = new GatewaySession(CURVE, key, KEYS, 1 << 20);
      client.finish(gateway.answer(client.hello()));
      return new Pair(client.session(), gateway.session());
    } catch (ChannelException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Test
  void whatWasChangedOnTheWayNeverOpens() {
    int tries = Math.max(1, FRAMES / 20);
    for (int i = 0; i < tries; i++) {
      // One channel each: the first message that does not open ends it.
      Pair pair = channel();
      Frame ask = HeadJson.encode(RequestHead.webSocket("/", List.of()));
      byte[] head = random.nextBoolean() ? pair.client().seal(ask) : sealBurst(pair.client(), ask);
      assertThat(refusal(pair.gateway(), change(head))).isEqualTo(ChannelEnd.BAD_TAG);
    }
  }

  private byte[] sealBurst(ChannelSession session, Frame head) {
    Frame[] burst = new Frame[2 + random.nextInt(30)];
    Arrays.setAll(burst, i -> new Frame(Opcode.BINARY, true, bytes(100)));
    burst[0] = head;
    return session.seal(burst);
  }

  private byte[] change(byte[] message) {
    byte[] changed =
        switch (random.nextInt(4)) {
          case 0 -> Arrays.copyOf(message, random.nextInt(message.length));
          case 1 -> Arrays.copyOf(message, message.length + 1 + random.nextInt(9));
          case 2 -> bytes(MAX_PLAUSIBLE);
          default -> message.clone();
        };
    if (Arrays.equals(changed, message)) {
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return changed;
  }

  private static ChannelEnd refusal(ChannelSession session, byte[] message) {
    try {
      List<Frame> frames = session.open(message);
      throw new AssertionError("a message opened that nobody sent: " + frames);
    } catch (ChannelException expected) {
      return expected.end();
    }
  }

  @Test
  void hellosThatWereChangedAreRefused() {
    SecretKey key = SecretKey.generate(KEYS);
    int hellos = Math.max(1, FRAMES / 20);
    byte[] hello = new byte[0];
    for (int i = 0; i < hellos; i++) {
      GatewaySession gateway = new GatewaySession(CURVE, key, KEYS, 1 << 20);
      try {
        if (i % 50 == 0) {
          hello = ClientSession.anonymous(CURVE, CURVE.publicKey(key), KEYS, 1 << 20).hello();
        }
        byte[] unused = gateway.answer(change(hello));
        throw new AssertionError("a hello was answered that nobody sent");
      } catch (ChannelException expected) {
        assertThat(expected.end()).isEqualTo(ChannelEnd.HANDSHAKE_REFUSED);
      }
    }
  }
}
