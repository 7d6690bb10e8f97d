package dev.wsn.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that a person asked for by name. */
final class OutFile {
  private OutFile() {}

  /**
   * Writes a text as UTF-8, over whatever was there.
   *
   * @throws CommandFailure if that is not possible
   */
  static void write(Path file, String text) {
    try {
      Path unused = Files.writeString(file, text);
    } catch (IOException failure) {
      throw CommandFailure.usage(file + " cannot be written: " + failure.getMessage());
    }
  }
}
