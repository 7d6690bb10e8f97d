package dev.wsn.cli;

import dev.wsn.record.RecordRules;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --key} or {@code --bunker}: who signs a record. */
final class SignerOption {
  private static final String WHO = "who signs? give --key FILE or --bunker FILE, one of them";

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "file with the secret key: nsec, hex or PEM with mode 0600, or ncryptsec")
  private @Nullable Path keyFile;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "file whose first line is the password of an ncryptsec key file")
  private @Nullable Path passwordFile;

  @Option(
      names = "--bunker",
      paramLabel = "FILE",
      description =
          "instead of --key, file with the bunker:// address of a remote signer (NIP-46), mode"
              + " 0600; the key never comes here")
  private @Nullable Path bunkerFile;

  /** Whether one of them was given. */
  boolean isGiven() {
    return keyFile != null || bunkerFile != null;
  }

  /** The file that was given. */
  Path file() {
    Path given = keyFile != null ? keyFile : bunkerFile;
    if (given == null) {
      throw CommandFailure.usage(WHO);
    }
    return given;
  }

  /**
   * The signer.
   *
   * @throws CommandFailure if none or two were given, or the one cannot be used
   */
  RecordSigner open(Host host, RecordRules rules) {
    if (keyFile != null && bunkerFile == null) {
      return new LocalSigner(KeyOption.read(host, keyFile, passwordFile), rules, host.random());
    }
    if (bunkerFile != null && keyFile == null) {
      return RemoteSigner.open(host, bunkerFile, rules);
    }
    throw CommandFailure.usage(WHO);
  }
}
