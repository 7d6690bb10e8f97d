package dev.wsn.cli;

import dev.wsn.node.SecretFile;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** Passwords of key files: from a file or from the person at the terminal. */
final class Passwords {
  private static final String WHAT = "the password file";

  private Passwords() {}

  /**
   * The first line of a file, without its end.
   *
   * @return characters that the caller wipes
   * @throws CommandFailure if the file is unreadable, open to others, empty or no UTF-8
   */
  static char[] fromFile(Path file) {
    byte[] content = SecretFile.read(file, WHAT);
    CharBuffer text = CharBuffer.allocate(0);
    try {
      SecretFile.requirePrivate(file, WHAT);
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content));
      int end = 0;
      while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
        end++;
      }
      if (end == 0) {
        throw CommandFailure.usage(WHAT + " " + file + " has an empty first line");
      }
      char[] password = new char[end];
      text.get(password);
      return password;
    } catch (CharacterCodingException notText) {
      throw CommandFailure.usage(WHAT + " " + file + " is not UTF-8 text");
    } finally {
      Arrays.fill(content, (byte) 0);
      if (text.hasArray()) {
        Arrays.fill(text.array(), '\0');
      }
    }
  }
}
