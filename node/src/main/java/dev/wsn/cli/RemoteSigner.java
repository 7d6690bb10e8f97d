package dev.wsn.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wsn.crypto.KeyFile;
import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.SecretKey;
import dev.wsn.node.SecretFile;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRules;
import dev.wsn.record.Topic;
import dev.wsn.resolver.EventJson;
import dev.wsn.resolver.MalformedJsonException;
import dev.wsn.resolver.PlainText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Has records signed by a signer elsewhere, a "bunker" (NIP-46): only the record travels, the key
 * stays where it is. The address of the signer is in a file; the key that this machine introduces
 * itself with is written next to it, with mode 0600, once the signer has accepted it, and from then
 * on the one-time secret of the address is not needed. Blocking; one thread at a time.
 */
final class RemoteSigner implements RecordSigner {
  private static final String WHAT = "the bunker file";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PERMISSIONS = "get_public_key,sign_event:" + AddressRecord.KIND;

  private final Path pairedKey;
  private final RecordRules rules;
  private final SecretKey client;
  private final SignerCalls calls;
  private final PublicKey author;

  private RemoteSigner(Host host, Path file, RecordRules rules, BunkerAddress address) {
    this.pairedKey = file.resolveSibling(file.getFileName() + ".client");
    this.rules = rules;
    boolean isPaired = Files.exists(pairedKey);
    this.client = isPaired ? readPairedKey() : SecretKey.generate(host.random());
    this.calls = new SignerCalls(host, address, client);
    try {
      if (!isPaired) {
        pair(host, address);
      }
      this.author = askForKey();
    } catch (RuntimeException refused) {
      close();
      throw refused;
    }
  }

  /**
   * Connects to the signer whose address is in a file, and introduces this machine if it is new.
   *
   * @throws CommandFailure if the file is no address or open to others, or the signer does not
   *     answer or refuses
   */
  static RemoteSigner open(Host host, Path file, RecordRules rules) {
    if (file.toString().startsWith(BunkerAddress.SCHEME.substring(0, "bunker:".length()))) {
      throw CommandFailure.usage(
          "--bunker takes the name of a file, not the address itself: others can see the command"
              + " line; put the bunker:// address into a file with mode 0600");
    }
    byte[] content = SecretFile.read(file, WHAT);
    SecretFile.requirePrivate(file, WHAT);
    try {
      String text = new String(content, StandardCharsets.UTF_8);
      return new RemoteSigner(host, file, rules, BunkerAddress.parse(text));
    } catch (IllegalArgumentException malformed) {
      throw CommandFailure.usage(
          WHAT + " " + file + " holds no bunker address: " + malformed.getMessage());
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  private SecretKey readPairedKey() {
    byte[] content = SecretFile.read(pairedKey, "the key of this client");
    SecretFile.requirePrivate(pairedKey, "the key of this client");
    try {
      return KeyFile.read(content);
    } catch (MalformedKeyException malformed) {
      throw CommandFailure.usage(pairedKey + ": " + malformed.getMessage());
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  private void pair(Host host, BunkerAddress address) {
    String secret = address.secret().orElse("");
    String answer = calls.ask("connect", List.of(address.signer().hex(), secret, PERMISSIONS));
    if (!answer.equals("ack") && !(answer.equals(secret) && !secret.isEmpty())) {
      throw CommandFailure.refused("the signer did not accept this client");
    }
    byte[] content = KeyFile.nsec(client);
    try {
      if (!SecretFile.create(pairedKey, content, host.random())) {
        throw CommandFailure.usage(pairedKey + " appeared meanwhile; run this again");
      }
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  private PublicKey askForKey() {
    try {
      return PublicKey.fromHex(calls.ask("get_public_key", List.of()));
    } catch (MalformedKeyException malformed) {
      throw CommandFailure.failed("the signer answered with something that is no key");
    }
  }

  @Override
  public PublicKey author() {
    return author;
  }

  @Override
  public AddressRecord sign(
      List<Endpoint> endpoints, List<Topic> topics, long createdAt, Duration lifetime) {
    List<List<String>> tags = RecordRules.tags(endpoints, topics, createdAt + lifetime.toSeconds());
    ObjectNode draft = JSON.createObjectNode().put("kind", AddressRecord.KIND).put("content", "");
    JsonNode unusedTags = draft.put("created_at", createdAt).set("tags", JSON.valueToTree(tags));
    String answer = calls.ask("sign_event", List.of(text(draft)));
    NostrEvent event;
    try {
      event = EventJson.read(answer.getBytes(StandardCharsets.UTF_8));
    } catch (MalformedJsonException malformed) {
      throw CommandFailure.failed("the signer answered with something that is no event");
    }
    boolean isAsked =
        event.pubkey().equals(author)
            && event.createdAt() == createdAt
            && event.tags().equals(tags);
    RecordRules.Verdict verdict = rules.verifyStored(event);
    if (verdict instanceof RecordRules.Verdict.Refused refused) {
      throw CommandFailure.usage("what the signer signed is refused: " + refused.detail());
    }
    if (!isAsked) {
      throw CommandFailure.failed("the signer signed another record than the one it was given");
    }
    return ((RecordRules.Verdict.Accepted) verdict).addressRecord();
  }

  private static String text(ObjectNode node) {
    try {
      return JSON.writeValueAsString(node);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(PlainText.of(String.valueOf(impossible)), impossible);
    }
  }

  @Override
  public void hangUp() {
    calls.close();
  }

  @Override
  public void close() {
    calls.close();
    client.close();
  }
}
