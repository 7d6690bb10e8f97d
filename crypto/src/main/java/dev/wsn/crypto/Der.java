package dev.wsn.crypto;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * The few elements of DER (X.690) that key files are made of: definite lengths up to 65,535, tags
 * of one byte. Reads one level at a time, so that nesting cannot exhaust the stack. Not
 * thread-safe.
 */
final class Der {
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int OBJECT_IDENTIFIER = 0x06;
  static final int SEQUENCE = 0x30;
  static final int CONTEXT_0 = 0xa0;
  static final int CONTEXT_1 = 0xa1;

  private final byte[] bytes;
  private int at;

  /** Reads the elements in these bytes one after the other. */
  Der(byte[] bytes) {
    this.bytes = bytes;
  }

  boolean isAtEnd() {
    return at == bytes.length;
  }

  /** Whether the next element has this tag. */
  boolean isNext(int tag) {
    return at < bytes.length && (bytes[at] & 0xff) == tag;
  }

  /** The content of the next element, which must have this tag. */
  byte[] read(int tag) {
    if (!isNext(tag)) {
      throw malformed();
    }
    at++;
    int length = length();
    if (length > bytes.length - at) {
      throw malformed();
    }
    byte[] content = Arrays.copyOfRange(bytes, at, at + length);
    at += length;
    return content;
  }

  /** The elements inside the next element, which must have this tag. */
  Der enter(int tag) {
    return new Der(read(tag));
  }

  /** The whole bytes of a bit string. */
  byte[] readBits() {
    byte[] content = read(BIT_STRING);
    if (content.length == 0 || content[0] != 0) {
      throw malformed();
    }
    return Arrays.copyOfRange(content, 1, content.length);
  }

  private int length() {
    int first = next();
    if (first < 0x80) {
      return first;
    }
    int count = first & 0x7f;
    if (count < 1 || count > 2) {
      throw malformed();
    }
    int length = 0;
    for (int i = 0; i < count; i++) {
      length = length << 8 | next();
    }
    return length;
  }

  private int next() {
    if (isAtEnd()) {
      throw malformed();
    }
    return bytes[at++] & 0xff;
  }

  private static MalformedKeyException malformed() {
    return new MalformedKeyException("the PEM block is not the DER of a key");
  }

  /** An element whose content is these parts one after the other. */
  static byte[] element(int tag, byte[]... parts) {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 4);
    out.write(tag);
    if (length >= 0x100) {
      out.write(0x82);
      out.write(length >>> 8);
    } else if (length >= 0x80) {
      out.write(0x81);
    }
    out.write(length);
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
