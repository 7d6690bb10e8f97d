package dev.wsn.crypto.noise;

import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.noise.HandshakePattern.Token;
import java.io.ByteArrayOutputStream;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One side of a handshake (Noise section 5.3), generic over pattern, DH functions and cipher. A
 * message is written or read on copies, which replace the state only when everything in it
 * verified. Not thread-safe; one owner.
 */
final class HandshakeState {
  private final HandshakePattern pattern;
  private final DhFunctions dh;
  private final boolean isInitiator;
  private final SecureRandom random;
  private final DhFunctions.@Nullable KeyPair s;
  private Progress progress;
  private int next;

  /** Everything that a message changes, under the names of the specification. */
  private static final class Progress {
    final SymmetricState symmetric;
    DhFunctions.@Nullable KeyPair e;
    byte @Nullable [] rs;
    byte @Nullable [] re;

    Progress(SymmetricState symmetric) {
      this.symmetric = symmetric;
    }

    Progress copy() {
      Progress copy = new Progress(symmetric.copy());
      copy.e = e;
      copy.rs = rs;
      copy.re = re;
      return copy;
    }
  }

  /**
   * Initialize.
   *
   * @param pattern what to do
   * @param suite with which primitives
   * @param isInitiator on which side
   * @param prologue what both sides must agree on
   * @param s own static key pair, null if the pattern gives this side none
   * @param rs the other side's static public key, null unless it is known before
   * @param random source of the ephemeral key
   */
  HandshakeState(
      HandshakePattern pattern,
      Suite suite,
      boolean isInitiator,
      byte[] prologue,
      DhFunctions.@Nullable KeyPair s,
      byte @Nullable [] rs,
      SecureRandom random) {
    this.pattern = pattern;
    this.dh = suite.dh();
    this.isInitiator = isInitiator;
    this.random = random;
    this.s = s;
    SymmetricState symmetric = new SymmetricState(suite.protocolName(pattern), suite.cipher());
    symmetric.mixHash(prologue);
    if (pattern.isInitiatorKnown()) {
      symmetric.mixHash(isInitiator ? required(s).publicKey() : required(rs));
    }
    if (pattern.isResponderKnown()) {
      symmetric.mixHash(isInitiator ? required(rs) : required(s).publicKey());
    }
    this.progress = new Progress(symmetric);
    this.progress.rs = rs;
  }

  /** The primitives of a Noise protocol; the hash is SHA-256. */
  record Suite(DhFunctions dh, CipherFunctions cipher) {
    String protocolName(HandshakePattern pattern) {
      return "Noise_" + pattern.name() + "_" + dh.name() + "_" + cipher.name() + "_SHA256";
    }
  }

  /**
   * WriteMessage.
   *
   * @throws IllegalStateException if it is the other side's turn, or the handshake is over
   * @throws IllegalArgumentException if the message would exceed {@link Session#MAX_MESSAGE_BYTES}
   * @throws MalformedKeyException if a key of the other side is none
   */
  byte[] writeMessage(byte[] payload) {
    List<Token> tokens = take(isInitiator);
    Progress trial = progress.copy();
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    for (Token token : tokens) {
      if (token == Token.E) {
        trial.e = dh.generate(random);
        byte[] publicKey = trial.e.publicKey();
        message.writeBytes(publicKey);
        trial.symmetric.mixHash(publicKey);
      } else if (token == Token.S) {
        message.writeBytes(trial.symmetric.encryptAndHash(required(s).publicKey()));
      } else {
        trial.symmetric.mixKey(agree(token, trial));
      }
    }
    int length = message.size() + payload.length + trial.symmetric.overhead();
    if (length > Session.MAX_MESSAGE_BYTES) {
      throw new IllegalArgumentException("a Noise message has at most 65535 bytes");
    }
    message.writeBytes(trial.symmetric.encryptAndHash(payload));
    commit(trial);
    return message.toByteArray();
  }

  /**
   * ReadMessage.
   *
   * @throws IllegalStateException if it is this side's turn, or the handshake is over
   * @throws HandshakeException if anything in the message is not as it must be; the state is as
   *     before
   */
  byte[] readMessage(byte[] message) {
    List<Token> tokens = take(!isInitiator);
    if (message.length > Session.MAX_MESSAGE_BYTES) {
      throw new HandshakeException();
    }
    Progress trial = progress.copy();
    try {
      byte[] payload = readTokens(tokens, message, trial);
      commit(trial);
      return payload;
    } catch (MalformedKeyException noPublicKey) {
      throw new HandshakeException();
    } finally {
      if (progress != trial) {
        trial.symmetric.wipe();
      }
    }
  }

  private byte[] readTokens(List<Token> tokens, byte[] message, Progress trial) {
    int at = 0;
    for (Token token : tokens) {
      if (token == Token.E) {
        byte[] publicKey = slice(message, at, dh.length());
        at += publicKey.length;
        trial.re = publicKey;
        trial.symmetric.mixHash(publicKey);
      } else if (token == Token.S) {
        byte[] sealed = slice(message, at, dh.length() + trial.symmetric.overhead());
        at += sealed.length;
        trial.rs = trial.symmetric.decryptAndHash(sealed).orElseThrow(HandshakeException::new);
      } else {
        trial.symmetric.mixKey(agree(token, trial));
      }
    }
    return trial
        .symmetric
        .decryptAndHash(slice(message, at, message.length - at))
        .orElseThrow(HandshakeException::new);
  }

  /** Whether every message of the pattern went through. */
  boolean isFinished() {
    return next == pattern.messages().size();
  }

  /** The other side's static public key, as far as it is known by now. */
  byte @Nullable [] remoteStatic() {
    return progress.rs;
  }

  /**
   * Split, once the handshake is over; wipes the ephemeral key and the chaining key.
   *
   * @throws IllegalStateException before the end, or the second time
   */
  Session split() {
    if (!isFinished()) {
      throw new IllegalStateException("the handshake is not over");
    }
    next = Integer.MAX_VALUE;
    CipherState[] states = progress.symmetric.split();
    byte[] hash = progress.symmetric.hash();
    progress.symmetric.wipe();
    if (progress.e != null) {
      progress.e.close();
    }
    return isInitiator
        ? new Session(states[0], states[1], hash)
        : new Session(states[1], states[0], hash);
  }

  /** The tokens of the next message, if that is from the side that the call is about. */
  private List<Token> take(boolean isFromInitiator) {
    if (next >= pattern.messages().size()) {
      throw new IllegalStateException("the handshake is over");
    }
    if (isFromInitiator != (next % 2 == 0)) {
      throw new IllegalStateException("it is the other side's turn to write");
    }
    return pattern.messages().get(next);
  }

  private void commit(Progress trial) {
    progress.symmetric.wipe();
    progress = trial;
    next++;
  }

  /** The DH of a token, whose first letter is the initiator's key and whose second the other's. */
  private byte[] agree(Token token, Progress now) {
    boolean isInitiatorEphemeral = token == Token.EE || token == Token.ES;
    boolean isResponderEphemeral = token == Token.EE || token == Token.SE;
    boolean isOwnEphemeral = isInitiator ? isInitiatorEphemeral : isResponderEphemeral;
    boolean isRemoteEphemeral = isInitiator ? isResponderEphemeral : isInitiatorEphemeral;
    return required(isOwnEphemeral ? now.e : s)
        .agree(required(isRemoteEphemeral ? now.re : now.rs));
  }

  private static <T> T required(@Nullable T key) {
    if (key == null) {
      throw new IllegalArgumentException("the pattern needs a key that was not given");
    }
    return key;
  }

  private static byte[] slice(byte[] message, int from, int length) {
    if (length > message.length - from) {
      throw new HandshakeException();
    }
    return Arrays.copyOfRange(message, from, from + length);
  }
}
