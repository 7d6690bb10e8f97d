package dev.wsn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wsn.crypto.KeyFile;
import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.node.SecretFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code wsn keygen}. */
@Command(
    name = "keygen",
    description = "Makes a key: the name of a relay, a server or a node.",
    footer = {
      "",
      "Without --out the secret is printed. With a password the file holds an ncryptsec (NIP-49),",
      "else an nsec with mode 0600. An existing file is never overwritten."
    })
final class KeygenCommand implements Callable<Integer> {
  private final Host host;

  @Option(names = "--out", paramLabel = "FILE", description = "where the secret key goes")
  private @Nullable Path out;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "file whose first line encrypts the secret key")
  private @Nullable Path passwordFile;

  @Option(names = "--json", description = "print one JSON object")
  private boolean isJson;

  KeygenCommand(Host host) {
    this.host = host;
  }

  @Override
  public Integer call() {
    try (SecretKey secret = SecretKey.generate(host.random())) {
      byte[] content = content(secret);
      try {
        if (out != null) {
          create(out, content);
        }
        PublicKey key = Secp256k1.preferred().publicKey(secret);
        report(key, new String(content, StandardCharsets.US_ASCII).strip());
      } finally {
        Arrays.fill(content, (byte) 0);
      }
    }
    return ExitCode.DONE;
  }

  private void create(Path file, byte[] content) {
    if (!SecretFile.create(file, content, host.random())) {
      throw CommandFailure.usage(
          file + " exists already; a key is never overwritten, choose another name");
    }
  }

  private byte[] content(SecretKey secret) {
    if (passwordFile == null) {
      return KeyFile.nsec(secret);
    }
    char[] password = Passwords.fromFile(passwordFile);
    try {
      return KeyFile.encrypt(secret, password, host.random());
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  private void report(PublicKey key, String secretText) {
    String secretName = passwordFile == null ? Nip19.NSEC : Nip19.NCRYPTSEC;
    if (isJson) {
      ObjectNode object = JsonText.object().put("npub", Nip19.npub(key)).put("pubkey", key.hex());
      if (out == null) {
        object.put(secretName, secretText);
      } else {
        object.put("file", out.toString());
      }
      host.out().println(JsonText.of(object));
      return;
    }
    host.out().println("npub    " + Nip19.npub(key));
    host.out().println("pubkey  " + key.hex());
    if (out == null) {
      host.out().println(secretName + "    " + secretText);
      host.err()
          .println("wsn: the secret key is on the screen; --out FILE would keep it in a file");
    } else {
      host.out().println("file    " + out);
    }
  }
}
