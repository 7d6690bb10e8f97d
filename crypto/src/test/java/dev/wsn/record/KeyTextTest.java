package dev.wsn.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a person types for a key. */
class KeyTextTest {
  private static final PublicKey KEY = Events.CURVE.publicKey(Events.SECRET);
  private static final String NPUB = Nip19.npub(KEY);
  private static final Endpoint HINT = Endpoint.parse("203.0.113.7:4848");

  @Test
  void everyFormNamesTheKey() {
    for (String text :
        List.of(
            NPUB,
            NPUB.toUpperCase(Locale.ROOT),
            KEY.hex(),
            KEY.hex().toUpperCase(Locale.ROOT),
            "nostr:" + NPUB,
            "NOSTR:" + NPUB,
            "  " + NPUB + "\n",
            Nip19.nprofile(KEY, List.of()),
            "nostr:" + Nip19.nprofile(KEY, List.of("wss://relay.example.com")),
            "wsn://" + NPUB,
            " wsn://" + KEY.hex() + "/path ")) {
      assertThat(KeyText.parse(text)).as(text).isEqualTo(new KeyText(KEY, List.of()));
    }
  }

  @Test
  void uriWithAnAddressGivesAHint() {
    assertThat(KeyText.parse("wsn://" + NPUB + "@203.0.113.7:4848").hints()).containsExactly(HINT);
  }

  @Test
  void wsnRelaysOfAProfileAreHints() {
    String profile =
        Nip19.nprofile(
            KEY,
            List.of(
                "wss://relay.example.com",
                WsnUri.of(KEY, HINT).toString(),
                WsnUri.of(KEY).toString(),
                "wsn://" + NPUB + "@relay.example.com:4848",
                "wsn://nonsense",
                "wsn://" + KEY.hex() + "@[2001:db8::1]:4848"));
    List<Endpoint> hints = List.of(HINT, Endpoint.parse("[2001:db8::1]:4848"));
    assertThat(KeyText.parse(profile)).isEqualTo(new KeyText(KEY, hints));
    assertThat(KeyText.parse("nostr:" + profile)).isEqualTo(new KeyText(KEY, hints));
    assertThat(KeyText.parse(profile.toUpperCase(Locale.ROOT)).hints()).isEqualTo(hints);
  }

  @Test
  void hintForAnotherKeyIsDropped() {
    WsnUri other = WsnUri.of(PublicKey.of(new byte[32]), HINT);
    assertThat(KeyText.parse(Nip19.nprofile(KEY, List.of(other.toString()))).hints()).isEmpty();
  }

  @Test
  void atMostEightHintsAreTaken() {
    String uri = "wsn://" + KEY.hex() + "@203.0.113.7:4848";
    String profile = Nip19.nprofile(KEY, Collections.nCopies(20, uri));
    assertThat(KeyText.parse(profile).hints()).hasSize(KeyText.MAX_HINTS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "npub1",
        "abc",
        "relay.example.com",
        "wss://relay.example.com",
        "203.0.113.7:4848",
        "nostr:",
        "nostr://x",
        "note1qqqq",
        "nprofile1qqqq",
        "wsn://",
        "wsn://203.0.113.7:4848"
      })
  void textsThatNameNoKeyAreRefused(String text) {
    assertThatThrownBy(() -> KeyText.parse(text)).isInstanceOf(MalformedKeyException.class);
  }

  @Test
  void secretKeyIsRefusedAndNotRepeated() {
    String secret = Nip19.nsec(Events.SECRET);
    assertThatThrownBy(() -> KeyText.parse("nostr:" + secret))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining("secret key")
        .hasMessageNotContaining(secret.substring(5));
  }

  @Test
  void hostNameInAUriIsRefused() {
    assertThatThrownBy(() -> KeyText.parse("wsn://" + NPUB + "@relay.example.com:4848"))
        .isInstanceOf(MalformedUriException.class)
        .hasMessageContaining("host names");
  }

  @Test
  void overlongTextIsRefused() {
    assertThatThrownBy(() -> KeyText.parse(" ".repeat(5001)))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining("5000");
  }
}
