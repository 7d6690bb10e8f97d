package dev.wsn.record;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.crypto.Signature;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Events to test with; signed ones have a fixed key and fixed auxiliary random data. */
final class Events {
  static final Secp256k1 CURVE = Secp256k1.portable();
  static final SecretKey SECRET =
      SecretKey.of(
          HexFormat.of()
              .parseHex("3501454135014541350145413501453fefb02227e449e57cf4d3a3ce05378683"));
  static final byte[] AUX = new byte[32];
  static final long NOW = 1_795_225_422L;
  static final List<String> ENDPOINT = List.of("clearnet", "203.0.113.7:4848", "wsn");
  static final String ONION = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion";

  private Events() {}

  static List<String> expiration(long unixSeconds) {
    return List.of("expiration", Long.toString(unixSeconds));
  }

  /** A correctly signed event with these tags, whatever they say. */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  static NostrEvent signed(List<String>... tags) {
    return signed(AddressRecord.KIND, NOW, "", List.of(tags));
  }

  static NostrEvent signed(int kind, long createdAt, String content, List<List<String>> tags) {
    PublicKey author = CURVE.publicKey(SECRET);
    EventId id = CanonicalEvent.id(CanonicalEvent.bytes(author, createdAt, kind, tags, content));
    Signature signature = CURVE.sign(id.bytes(), SECRET, AUX);
    return new NostrEvent(id, author, createdAt, kind, tags, content, signature);
  }

  /** An event with an id that is right and a signature that is not. */
  static NostrEvent unsigned(long createdAt, List<List<String>> tags) {
    PublicKey author = PublicKey.of(new byte[32]);
    EventId id =
        CanonicalEvent.id(CanonicalEvent.bytes(author, createdAt, AddressRecord.KIND, tags, ""));
    Signature signature = Signature.of(new byte[64]);
    return new NostrEvent(id, author, createdAt, AddressRecord.KIND, tags, "", signature);
  }

  static NostrEvent usual() {
    return signed(ENDPOINT, expiration(NOW + 7200), List.of("alt", CompactText.ALT_TEXT));
  }

  static List<List<String>> with(List<List<String>> tags, List<String> more) {
    List<List<String>> all = new ArrayList<>(tags);
    all.add(more);
    return all;
  }
}
