package dev.wsn.record;

import static dev.wsn.record.Events.ENDPOINT;
import static dev.wsn.record.Events.NOW;
import static dev.wsn.record.Events.expiration;
import static dev.wsn.record.Events.signed;

import dev.wsn.crypto.Signature;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The cases of docs/vectors/record.json, each with what must come out. */
final class RecordVectors {
  /** An event that is no record, and the one reason for it. */
  record MustFail(String name, NostrEvent event, RecordRejection reason) {}

  private static final List<String> LIVE = expiration(NOW + 7200);
  private static final List<String> ALT = List.of("alt", CompactText.ALT_TEXT);

  private RecordVectors() {}

  static Map<String, NostrEvent> accepted() {
    Map<String, NostrEvent> events = new LinkedHashMap<>();
    events.put("one endpoint", signed(ENDPOINT, LIVE, ALT));
    events.put("withdrawal", signed(LIVE, ALT));
    events.put(
        "IPv6, Tor and other protocols",
        signed(
            List.of("clearnet", "[2001:db8::1]:4848", "wsn"),
            List.of("tor", Events.ONION + ":4848", "wsn"),
            List.of("clearnet", "203.0.113.7:443", "wss"),
            List.of("clearnet", "203.0.113.7:443", "https"),
            expiration(NOW + 86_400),
            ALT));
    events.put(
        "spellings that stay text in the compact form",
        signed(
            List.of("clearnet", "[2001:0DB8::1]:4848", "wsn"),
            List.of("clearnet", "[::ffff:203.0.113.7]:4848", "wsn"),
            LIVE));
    events.put(
        "unknown tags and networks, any order",
        signed(
            List.of("nonce", "776797", "21"),
            LIVE,
            List.of("i2p", "example.b32.i2p", "ws"),
            List.of("n", "clearnet"),
            List.of(),
            List.of("x", "", "0", "007"),
            ENDPOINT));
    events.put(
        "escapes and UTF-8", signed(ENDPOINT, LIVE, List.of("alt", "\"\\/ é 日本語 🙂 \u2028 <&>")));
    events.put("text of 200 bytes", signed(ENDPOINT, LIVE, List.of("alt", "x".repeat(200))));
    events.put("URL dialect", signed(List.of("clearnet", "wss://203.0.113.7/"), LIVE));
    events.put("shortest lifetime", signed(ENDPOINT, expiration(NOW + 1)));
    events.put(
        "60 s ahead",
        signed(AddressRecord.KIND, NOW + 60, "", List.of(ENDPOINT, expiration(NOW + 60 + 86_400))));
    return events;
  }

  static List<MustFail> mustFail() {
    List<MustFail> cases = new ArrayList<>();
    fail(cases, RecordRejection.WRONG_KIND, "kind 1", signed(1, NOW, "", List.of(ENDPOINT, LIVE)));
    fail(
        cases,
        RecordRejection.CONTENT_NOT_EMPTY,
        "content",
        signed(AddressRecord.KIND, NOW, "hello", List.of(ENDPOINT, LIVE)));
    fail(
        cases,
        RecordRejection.MALFORMED,
        "created_at before 1970",
        signed(AddressRecord.KIND, -1, "", List.of(ENDPOINT, expiration(60))));
    characters(cases);
    fail(
        cases,
        RecordRejection.TOO_LARGE,
        "compact form over 512 bytes",
        signed(ENDPOINT, LIVE, List.of("x", "y".repeat(400))));
    times(cases);
    fail(
        cases,
        RecordRejection.TOO_MANY_ENDPOINTS,
        "nine endpoints",
        signed(AddressRecord.KIND, NOW, "", Events.with(Collections.nCopies(9, ENDPOINT), LIVE)));
    endpoints(cases);
    forgeries(cases);
    return cases;
  }

  private static void characters(List<MustFail> cases) {
    RecordRejection reason = RecordRejection.FORBIDDEN_CHARACTER;
    fail(cases, reason, "line feed", signed(ENDPOINT, LIVE, List.of("alt", "a\nb")));
    fail(cases, reason, "U+0001", signed(ENDPOINT, LIVE, List.of("alt", "\u0001")));
    fail(cases, reason, "U+007F", signed(ENDPOINT, LIVE, List.of("alt", "\u007f")));
    fail(cases, reason, "U+009B", signed(ENDPOINT, LIVE, List.of("alt", "\u009b")));
    fail(cases, reason, "lone surrogate", signed(ENDPOINT, LIVE, List.of("alt", "\ud800")));
  }

  private static void times(List<MustFail> cases) {
    RecordRejection none = RecordRejection.NO_EXPIRATION;
    fail(cases, none, "no expiration", signed(ENDPOINT));
    fail(cases, none, "two expirations", signed(ENDPOINT, LIVE, LIVE));
    fail(cases, none, "expiration without value", signed(ENDPOINT, List.of("expiration")));
    fail(cases, none, "leading zero", signed(ENDPOINT, List.of("expiration", "0" + (NOW + 60))));
    fail(cases, none, "plus sign", signed(ENDPOINT, List.of("expiration", "+" + (NOW + 60))));
    fail(cases, none, "fraction", signed(ENDPOINT, List.of("expiration", NOW + ".5")));
    RecordRejection tooLong = RecordRejection.LIFETIME_TOO_LONG;
    fail(cases, tooLong, "24 h and 1 s", signed(ENDPOINT, expiration(NOW + 86_401)));
    fail(cases, tooLong, "no lifetime", signed(ENDPOINT, expiration(NOW)));
    fail(
        cases,
        RecordRejection.FROM_THE_FUTURE,
        "61 s ahead",
        signed(AddressRecord.KIND, NOW + 61, "", List.of(ENDPOINT, LIVE)));
    fail(
        cases,
        RecordRejection.EXPIRED,
        "expires now",
        signed(AddressRecord.KIND, NOW - 60, "", List.of(ENDPOINT, expiration(NOW))));
  }

  private static void endpoints(List<MustFail> cases) {
    RecordRejection bad = RecordRejection.BAD_ENDPOINT;
    endpoint(cases, bad, "relay.example.com:4848", "wsn");
    endpoint(cases, bad, "203.0.113.7", "wsn");
    endpoint(cases, bad, "203.0.113.7:0", "wsn");
    endpoint(cases, bad, "203.0.113.7:65536", "wsn");
    endpoint(cases, bad, "203.0.113.007:4848", "wsn");
    endpoint(cases, bad, "2001:db8::1:4848", "wsn");
    endpoint(cases, bad, "[fe80::1%eth0]:4848", "wsn");
    endpoint(cases, bad, "203.0.113.7:4848", "quic");
    endpoint(cases, bad, Events.ONION + ":4848", "wsn");
    fail(
        cases,
        bad,
        "host name in the URL dialect",
        signed(List.of("clearnet", "wss://relay.example.com/"), LIVE));
    fail(cases, bad, "network alone", signed(List.of("clearnet"), LIVE));
    String wrongChecksum = "x" + Events.ONION.substring(1);
    fail(
        cases, bad, "onion checksum", signed(List.of("tor", wrongChecksum + ":4848", "wsn"), LIVE));
    for (String address :
        List.of(
            "127.0.0.1:4848",
            "10.0.0.1:4848",
            "100.64.0.1:4848",
            "169.254.0.1:4848",
            "192.168.0.1:4848",
            "[::1]:4848",
            "[fd00::1]:4848",
            "[fe80::1]:4848",
            "[::ffff:10.0.0.1]:4848",
            "[64:ff9b::7f00:1]:4848",
            "[2002:a00:1::1]:4848")) {
      endpoint(cases, RecordRejection.PRIVATE_ADDRESS, address, "wsn");
    }
    for (String address :
        List.of(
            "0.0.0.0:4848",
            "224.0.0.1:4848",
            "255.255.255.255:4848",
            "[::]:4848",
            "[ff02::1]:4848",
            "[::203.0.113.7]:4848",
            "[4000::1]:4848")) {
      endpoint(cases, RecordRejection.UNUSABLE_ADDRESS, address, "wsn");
    }
  }

  private static void forgeries(List<MustFail> cases) {
    NostrEvent event = Events.usual();
    byte[] id = event.id().bytes();
    id[0] ^= 1;
    fail(cases, RecordRejection.BAD_ID, "id altered", with(event, EventId.of(id), event.tags()));
    List<List<String>> moved = List.of(List.of("clearnet", "203.0.113.8:4848", "wsn"), LIVE, ALT);
    fail(cases, RecordRejection.BAD_ID, "endpoint altered", with(event, event.id(), moved));
    EventId ofMoved = with(event, event.id(), moved).computeId();
    fail(
        cases,
        RecordRejection.BAD_SIGNATURE,
        "endpoint and id altered",
        with(event, ofMoved, moved));
    byte[] signature = event.signature().bytes();
    signature[63] ^= 1;
    fail(
        cases,
        RecordRejection.BAD_SIGNATURE,
        "signature altered",
        new NostrEvent(
            event.id(),
            event.pubkey(),
            event.createdAt(),
            event.kind(),
            event.tags(),
            event.content(),
            Signature.of(signature)));
  }

  private static NostrEvent with(NostrEvent event, EventId id, List<List<String>> tags) {
    return new NostrEvent(
        id,
        event.pubkey(),
        event.createdAt(),
        event.kind(),
        tags,
        event.content(),
        event.signature());
  }

  private static void endpoint(
      List<MustFail> cases, RecordRejection reason, String address, String protocol) {
    String name = "endpoint " + address + " " + protocol;
    fail(cases, reason, name, signed(List.of("clearnet", address, protocol), LIVE));
  }

  private static void fail(
      List<MustFail> cases, RecordRejection reason, String name, NostrEvent event) {
    cases.add(new MustFail(name, event, reason));
  }
}
