package dev.wsn.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LowerChars;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Bech32Test {
  private static final String ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

  /** Test vectors of BIP-173 that hold whole bytes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "A12UEL5L",
        "a12uel5l",
        "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
        "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
        "11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j",
        "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
        "?1ezyfcl"
      })
  void bip173ValidTextIsReadAndWrittenBack(String text) {
    Bech32.Decoded decoded = Bech32.decode(text);
    assertThat(Bech32.encode(decoded.prefix(), decoded.data()))
        .isEqualTo(text.toLowerCase(Locale.ROOT));
  }

  /** Test vectors of BIP-173, a valid bech32m text of BIP-350, and mixed case. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        " 1nwldj5",
        "\u007f1axkwrx",
        "\u00801eym55h",
        "an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1569pvx",
        "pzry9x0s0muk",
        "1pzry9x0s0muk",
        "x1b4n0q5v",
        "li1dgmt3",
        "de1lg7wt\u00ff",
        "A1G7SGD8",
        "10a06t8",
        "1qzzfhee",
        "a1lqfn3a",
        "A12uEL5L",
        "",
        "1"
      })
  void bip173InvalidTextIsRefused(String text) {
    assertThatThrownBy(() -> Bech32.decode(text)).isInstanceOf(MalformedKeyException.class);
  }

  @Test
  void paddingIsShortAndZero() {
    // 00 in two characters is "qq"; "qp" has a one in its padding and "qqq" a whole character.
    assertThat(Bech32.decode(withChecksum("a", 0, 0)).data()).containsExactly(0);
    assertThatThrownBy(() -> Bech32.decode(withChecksum("a", 0, 1)))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining("padding");
    assertThatThrownBy(() -> Bech32.decode(withChecksum("a", 0, 0, 0)))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining("padding");
  }

  @Test
  void lengthIsBounded() {
    int most = (Bech32.MAX_CHARS - 1 - 1 - 6) * 5 / 8;
    String longest = Bech32.encode("a", new byte[most]);
    assertThat(longest.length()).isLessThanOrEqualTo(Bech32.MAX_CHARS);
    assertThat(Bech32.decode(longest).data()).hasSize(most);
    assertThatThrownBy(() -> Bech32.encode("a", new byte[most + 1]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Bech32.encode("a", new byte[10_000]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Bech32.decode("a1" + "q".repeat(Bech32.MAX_CHARS)))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining("5000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Npub", "a b", "é"})
  void thePrefixIsChecked(String prefix) {
    assertThatThrownBy(() -> Bech32.encode(prefix, new byte[1]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theTextOfDecodedDataShowsNoData() {
    assertThat(Bech32.decode(Bech32.encode("nsec", new byte[32]))).hasToString("nsec1(_)");
  }

  @Property(tries = 300)
  void encodingRoundTrips(
      @ForAll @LowerChars @NumericChars @StringLength(min = 1, max = 83) String prefix,
      @ForAll @Size(max = 200) byte[] data) {
    String text = Bech32.encode(prefix, data);
    assertThat(Bech32.decode(text).prefix()).isEqualTo(prefix);
    assertThat(Bech32.decode(text.toUpperCase(Locale.ROOT)).data()).isEqualTo(data);
  }

  @Property(tries = 500)
  void oneWrongCharacterIsFound(
      @ForAll @Size(32) byte[] data,
      @ForAll @IntRange(min = 5, max = 62) int at,
      @ForAll @IntRange(min = 1, max = 31) int change) {
    String text = Bech32.encode("npub", data);
    char wrong = ALPHABET.charAt((ALPHABET.indexOf(text.charAt(at)) + change) % 32);
    String changed = text.substring(0, at) + wrong + text.substring(at + 1);
    assertThatThrownBy(() -> Bech32.decode(changed))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining("checksum");
  }

  @Property(tries = 1000)
  void anyTextIsReadOrRefused(@ForAll String text, @ForAll @AlphaChars String letters) {
    for (String given : new String[] {text, letters, "a1" + letters, "npub1" + text}) {
      assertThatCode(
              () -> {
                try {
                  Bech32.decode(given);
                } catch (MalformedKeyException refused) {
                  assertThat(refused).hasMessageNotContaining(given.length() < 9 ? "\0" : given);
                }
              })
          .doesNotThrowAnyException();
    }
  }

  /** Bech32 of these five-bit values, by the reference algorithm of BIP-173. */
  private static String withChecksum(String prefix, int... values) {
    int[] generator = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    List<Integer> input = new ArrayList<>();
    prefix.chars().forEach(c -> input.add(c >> 5));
    input.add(0);
    prefix.chars().forEach(c -> input.add(c & 31));
    for (int value : values) {
      input.add(value);
    }
    for (int i = 0; i < 6; i++) {
      input.add(0);
    }
    int check = 1;
    for (int value : input) {
      int top = check >> 25;
      check = (check & 0x1ffffff) << 5 ^ value;
      for (int i = 0; i < 5; i++) {
        check ^= (top >> i & 1) == 1 ? generator[i] : 0;
      }
    }
    check ^= 1;
    StringBuilder text = new StringBuilder(prefix).append('1');
    for (int value : values) {
      text.append(ALPHABET.charAt(value));
    }
    for (int i = 0; i < 6; i++) {
      text.append(ALPHABET.charAt((check >> (5 * (5 - i))) & 31));
    }
    return text.toString();
  }
}
