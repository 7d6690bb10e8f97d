package dev.wsn.cli;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** What a resolver shows to those who connect with TLS. */
final class TlsOption {
  private static final Logger LOG = LoggerFactory.getLogger(TlsOption.class);

  /** Far over any chain. */
  private static final int MAX_FILE_BYTES = 1 << 20;

  private static final String FILES = "--tls-certificate and --tls-key";

  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      description =
          "PEM file with the certificate chain that the resolver shows, which then speaks HTTPS"
              + " (default: none, HTTP); read again on SIGHUP")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description =
          "PEM file with the private key of that certificate, RSA or EC, without a password")
  private @Nullable Path key;

  /** Whether the resolver speaks HTTPS. */
  boolean isOn() {
    return certificate != null && key != null;
  }

  /**
   * Looks for one option without the other.
   *
   * @throws CommandFailure if there is one
   */
  void check() {
    if ((certificate == null) != (key == null)) {
      throw CommandFailure.usage(FILES + " belong together: give both, or neither");
    }
  }

  /**
   * Reads both files.
   *
   * @param now for the dates of the certificate; one that is over is used with a warning
   * @return empty without the options
   * @throws CommandFailure if a file cannot be read, or is no PEM file of its kind, or the key is
   *     not that of the certificate
   */
  Optional<KeyCertOptions> read(Vertx vertx, Instant now) {
    if (certificate == null || key == null) {
      return Optional.empty();
    }
    PemKeyCertOptions pem =
        new PemKeyCertOptions()
            .setCertValue(content("--tls-certificate", certificate))
            .setKeyValue(content("--tls-key", key));
    try {
      verify(vertx, pem, now);
    } catch (CommandFailure known) {
      throw known;
    } catch (Exception wrong) {
      // Vert.x declares no narrower type; the messages name PEM labels, never what is in a file.
      throw CommandFailure.usage(
          "%s cannot be used (%s, %s): %s; a key is RSA or EC, without a password"
              .formatted(FILES, certificate, key, wrong.getMessage()));
    }
    return Optional.of(pem);
  }

  private static Buffer content(String option, Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
      if (bytes.length > MAX_FILE_BYTES) {
        throw CommandFailure.usage(option + ": " + file + " is too long for a PEM file");
      }
      return Buffer.buffer(bytes);
    } catch (NoSuchFileException missing) {
      throw CommandFailure.usage(option + ": there is no file " + file);
    } catch (IOException unreadable) {
      throw CommandFailure.usage(option + ": cannot read " + file + ": " + unreadable.getMessage());
    }
  }

  private void verify(Vertx vertx, PemKeyCertOptions pem, Instant now) throws Exception {
    for (KeyManager each : pem.getKeyManagerFactory(vertx).getKeyManagers()) {
      X509KeyManager manager = (X509KeyManager) each;
      String alias =
          Stream.of("RSA", "EC")
              .flatMap(type -> Stream.ofNullable(manager.getServerAliases(type, null)))
              .flatMap(Stream::of)
              .findFirst()
              .orElseThrow(() -> new GeneralSecurityException("no key"));
      X509Certificate own = manager.getCertificateChain(alias)[0];
      if (!isOf(manager.getPrivateKey(alias), own)) {
        throw CommandFailure.usage("--tls-key: " + key + " is not the key of " + certificate);
      }
      warn(own, now);
    }
  }

  private static boolean isOf(PrivateKey secret, X509Certificate own)
      throws GeneralSecurityException {
    String algorithm = secret.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    if (!secret.getAlgorithm().equals(own.getPublicKey().getAlgorithm())) {
      return false;
    }
    Signature signing = Signature.getInstance(algorithm);
    signing.initSign(secret);
    signing.update((byte) 1);
    byte[] signature = signing.sign();
    Signature verifying = Signature.getInstance(algorithm);
    verifying.initVerify(own);
    verifying.update((byte) 1);
    return verifying.verify(signature);
  }

  private void warn(X509Certificate own, Instant now) {
    try {
      own.checkValidity(Date.from(now));
    } catch (CertificateExpiredException over) {
      LOG.warn(
          "the certificate in {} was valid until {}; clients will refuse it",
          certificate,
          own.getNotAfter().toInstant());
    } catch (CertificateNotYetValidException early) {
      LOG.warn(
          "the certificate in {} is valid from {} on; clients will refuse it",
          certificate,
          own.getNotBefore().toInstant());
    }
  }
}
