package dev.wsn.cli;

import dev.wsn.crypto.Secp256k1;
import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** {@code wsn --version}: what to put into a bug report. */
final class VersionText implements IVersionProvider {
  /** The version in the manifest; classes that run outside the jar have none. */
  static String number() {
    return Optional.ofNullable(Wsn.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "wsn " + number(),
      "Java " + System.getProperty("java.version") + ", secp256k1 " + Secp256k1.preferred().name()
    };
  }
}
