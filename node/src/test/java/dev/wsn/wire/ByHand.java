package dev.wsn.wire;

import dev.wsn.crypto.PublicKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Datagrams made as docs/PROTOCOL.md says, with the JDK alone: to check the sealer against, and to
 * seal messages that it would not.
 */
final class ByHand {
  private ByHand() {}

  static byte[] prk(byte[] shared) {
    return hmac(new byte[32], shared);
  }

  /** HKDF-Expand to 32 bytes is one HMAC. */
  static byte[] key(byte[] prk, String network, PublicKey callee, PublicKey caller, int direction) {
    byte[] name = network.getBytes(StandardCharsets.US_ASCII);
    byte[] label = "wsn/datagram/1".getBytes(StandardCharsets.US_ASCII);
    byte[] info =
        join(label, bytes(name.length), name, callee.bytes(), caller.bytes(), bytes(direction));
    return hmac(prk, join(info, bytes(1)));
  }

  static byte[] request(byte[] key, PublicKey caller, byte[] nonce, byte[] message) {
    byte[] header = join(bytes(0x10), caller.bytes(), nonce);
    return join(header, gcm(key, nonce, header, message));
  }

  static byte[] requestWithCookie(
      byte[] key, PublicKey caller, byte[] nonce, byte[] cookie, byte[] message) {
    byte[] header = join(bytes(0x13), caller.bytes(), nonce, cookie);
    return join(header, gcm(key, nonce, header, message));
  }

  static byte[] challenge(byte[] requestNonce, byte[] cookie) {
    return join(bytes(0x12), Arrays.copyOf(requestNonce, 8), cookie);
  }

  static byte[] reply(byte[] key, byte[] requestNonce, byte[] nonce, byte[] message) {
    byte[] header = join(bytes(0x11), Arrays.copyOf(requestNonce, 8), nonce);
    return join(header, gcm(key, nonce, join(header, requestNonce), message));
  }

  static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer joined = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      joined.put(part);
    }
    return joined.array();
  }

  static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] gcm(byte[] key, byte[] nonce, byte[] data, byte[] message) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
      cipher.updateAAD(data);
      return cipher.doFinal(message);
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static byte[] hmac(byte[] key, byte[] message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(message);
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
