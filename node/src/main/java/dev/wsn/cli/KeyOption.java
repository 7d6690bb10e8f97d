package dev.wsn.cli;

import dev.wsn.crypto.KeyFile;
import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.SecretKey;
import dev.wsn.crypto.WrongPasswordException;
import dev.wsn.node.SecretFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --key} and {@code --password-file}: whose record it is. */
final class KeyOption {
  private static final String WHAT = "the key file";

  @Option(
      names = "--key",
      required = true,
      paramLabel = "FILE",
      description = "file with the secret key: nsec, hex or PEM with mode 0600, or ncryptsec")
  private Path file = Path.of("");

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "file whose first line is the password of an ncryptsec key file")
  private @Nullable Path passwordFile;

  /** Looks whether the key can be used. */
  void examine(Examination examination) {
    examination.key(file, false);
  }

  /** The key file. */
  Path file() {
    return file;
  }

  /**
   * Reads the key.
   *
   * @throws CommandFailure if the file is missing, open to others or no key, or the password is
   *     wrong
   */
  SecretKey read(Host host) {
    return read(host, file, passwordFile);
  }

  /** As {@link #read(Host)}, of these files. */
  static SecretKey read(Host host, Path file, @Nullable Path passwordFile) {
    String typed = file.toString().toLowerCase(Locale.ROOT);
    if (typed.startsWith("nsec1") || typed.startsWith("ncryptsec1")) {
      throw CommandFailure.usage(
          "--key takes the name of a file, not the key itself: others can see the command line;"
              + " put the key into a file with mode 0600");
    }
    byte[] content = SecretFile.read(file, WHAT);
    try {
      if (KeyFile.isEncrypted(content)) {
        return decrypt(host, file, content, passwordFile);
      }
      SecretFile.requirePrivate(file, WHAT);
      return KeyFile.read(content);
    } catch (MalformedKeyException malformed) {
      throw CommandFailure.usage(WHAT + " " + file + ": " + malformed.getMessage());
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  private static SecretKey decrypt(
      Host host, Path file, byte[] content, @Nullable Path passwordFile) {
    char[] password =
        passwordFile != null
            ? Passwords.fromFile(passwordFile)
            : host.password()
                .apply("Password of " + file + ": ")
                .orElseThrow(
                    () ->
                        CommandFailure.usage(
                            WHAT + " " + file + " is encrypted; add --password-file FILE"));
    try {
      return KeyFile.decrypt(content, password);
    } catch (WrongPasswordException wrong) {
      throw CommandFailure.usage("wrong password for " + WHAT + " " + file);
    } finally {
      Arrays.fill(password, '\0');
    }
  }
}
