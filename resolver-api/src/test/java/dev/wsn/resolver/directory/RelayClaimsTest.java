package dev.wsn.resolver.directory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.resolver.MalformedJsonException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Documents of NIP-11 from strangers. */
class RelayClaimsTest {
  private static RelayClaims read(String json) {
    return RelayClaims.read(json.getBytes(UTF_8));
  }

  @Test
  void whatIsKnownIsTaken() {
    RelayClaims claims =
        read(
            """
            {"name":"Jazz","description":"all of it","pubkey":"x","contact":null,"icon":"http://x",
             "supported_nips":[42,1,11,"x",-3,1],"software":"git+https://x","version":"1.2",
             "self":"ab","relay_countries":["DE"],"language_tags":["de","en"],"tags":["sfw-only"],
             "limitation":{"max_limit":500,"auth_required":true,"odd":7,"max_subscriptions":"9"},
             "retention":[{"time":3600}],
             "fees":{"admission":[{"amount":1000,"unit":"msats"}],
                     "subscription":[{"amount":5,"unit":"sats","period":2592000},{"unit":"x"}],
                     "other":[{"amount":1,"unit":"x"}]}}
            """);
    assertThat(claims)
        .isEqualTo(
            new RelayClaims(
                "Jazz",
                "all of it",
                "git+https://x",
                "1.2",
                "ab",
                List.of(1, 11, 42),
                Map.of("max_limit", 500L, "auth_required", true),
                List.of(
                    new RelayClaims.Fee("admission", 1000, "msats", 0),
                    new RelayClaims.Fee("subscription", 5, "sats", 2_592_000)),
                List.of("DE"),
                List.of("de", "en"),
                List.of("sfw-only")));
  }

  @Test
  void whatIsOfAnotherTypeIsLeftOut() {
    assertThat(
            read(
                """
                {"name":7,"description":["x"],"supported_nips":"all","limitation":[1],"fees":true,
                 "relay_countries":{"a":1},"tags":[1,null,["x"],{"y":2}],"software":{"z":[[]]}}
                """))
        .isEqualTo(RelayClaims.none());
    assertThat(read("{}").isEmpty()).isTrue();
  }

  @Test
  void everythingIsBounded() {
    String many = IntStream.range(1, 900).mapToObj(i -> "\"t" + i + "\"").collect(joined());
    String nips = IntStream.range(1, 900).mapToObj(Integer::toString).collect(joined());
    RelayClaims claims =
        read(
            "{\"name\":\"%s\",\"tags\":[%s],\"supported_nips\":[%s]}"
                .formatted("x\\u0007\\u202e".repeat(400), many, nips));
    assertThat(claims.name()).hasSizeLessThanOrEqualTo(300).doesNotContain("\u0007", "\u202e");
    assertThat(claims.tags()).hasSize(20);
    assertThat(claims.nips()).hasSize(100);
  }

  private static java.util.stream.Collector<CharSequence, ?, String> joined() {
    return Collectors.joining(",");
  }

  @Test
  void whatIsNoObjectIsRefused() {
    for (String bad : List.of("", "[]", "{", "{}{}", "{\"name\":\"a\",\"name\":\"b\"}")) {
      assertThatThrownBy(() -> read(bad)).as(bad).isInstanceOf(MalformedJsonException.class);
    }
    String deep = "{\"x\":" + "[".repeat(50) + "]".repeat(50) + "}";
    assertThatThrownBy(() -> read(deep)).isInstanceOf(MalformedJsonException.class);
  }
}
