package dev.wsn.resolver.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.AddressRecord;
import dev.wsn.resolver.Signed;
import dev.wsn.resolver.quota.AddressRange;
import dev.wsn.resolver.quota.ForwardedFor;
import dev.wsn.resolver.quota.Limit;
import dev.wsn.resolver.quota.Quotas;
import dev.wsn.resolver.quota.Rate;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What one client may have, over real connections. */
final class QuotaTest {
  private static final Rate FREE = Rate.unlimited();
  private static final String ALICE = Serving.path(Signed.ALICE);
  private static final AddressRecord RECORD =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(5), "203.0.113.7:4848");

  private static Serving serving(Rate requests, Rate lookups, Rate publications) {
    return new Serving(
        Serving.Setup.defaults().with(new Quotas.Rates(requests, lookups, publications)));
  }

  @Test
  void tooManyRequestsAreToldWhenToComeBack() {
    try (Serving serving = serving(new Rate(1, 2), FREE, FREE)) {
      HttpResponse<String> first = serving.get("/v1/network");
      assertThat(Serving.header(first, "RateLimit")).isEqualTo("\"requests\";r=1;t=1");
      assertThat(Serving.header(first, "RateLimit-Policy")).isEqualTo("\"requests\";q=2;w=2");
      assertThat(serving.get("/v1/network").statusCode()).isEqualTo(200);
      HttpResponse<String> third = serving.get("/v1/network");
      Serving.problem(third, 429, "rate-limited");
      assertThat(Serving.header(third, "Retry-After")).isEqualTo("1");
      assertThat(Serving.header(third, "RateLimit")).isEqualTo("\"requests\";r=0;t=1");
      assertThat(serving.refused.of(Limit.REQUESTS)).isEqualTo(1);
      assertThat(serving.get("/health/live").statusCode()).isEqualTo(200);
      serving.sleep(Duration.ofSeconds(1));
      assertThat(serving.get("/v1/network").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void whatIsRememberedCostsNoLookup() {
    try (Serving serving = serving(FREE, new Rate(1, 1), FREE)) {
      serving.resolver.rollBackTo(RECORD);
      assertThat(serving.get(ALICE).statusCode()).isEqualTo(200);
      assertThat(serving.get(ALICE).statusCode()).isEqualTo(200);
      Serving.problem(serving.get(Serving.path(Signed.BOB)), 429, "rate-limited");
      String batch = "{\"keys\":[\"%s\",\"%s\"]}".formatted(Signed.ALICE.hex(), Signed.BOB.hex());
      HttpResponse<String> lines =
          serving.send("POST", "/v1/resolve", batch, "Content-Type", "application/json");
      assertThat(lines.body()).contains("\"found\"", "\"rate_limited\"");
      assertThat(serving.refused.of(Limit.LOOKUPS)).isEqualTo(2);
      assertThat(serving.resolver.asked()).hasSize(1);
    }
  }

  @Test
  void publicationsHaveTheirOwnQuota() {
    try (Serving serving = serving(FREE, FREE, new Rate(1, 1))) {
      assertThat(serving.put(RECORD).statusCode()).isEqualTo(201);
      Serving.problem(serving.put(RECORD), 429, "rate-limited");
      assertThat(serving.refused.of(Limit.PUBLICATIONS)).isEqualTo(1);
      assertThat(serving.get(ALICE).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aForwardedClientIsBelievedOnlyFromAProxyThatIsTrusted() {
    ForwardedFor local = new ForwardedFor(List.of(AddressRange.parse("127.0.0.0/8").orElseThrow()));
    Quotas.Rates rates = new Quotas.Rates(new Rate(1, 1), FREE, FREE);
    Serving.Setup setup = Serving.Setup.defaults().with(rates);
    try (Serving trusting = new Serving(setup.with(local));
        Serving other = new Serving(setup)) {
      for (String client : List.of("203.0.113.1", "203.0.113.2", "2001:db8::1, 127.0.0.3")) {
        assertThat(trusting.get("/v1/network", "X-Forwarded-For", client).statusCode())
            .as(client)
            .isEqualTo(200);
      }
      assertThat(
              trusting.get("/v1/network", "X-Forwarded-For", "9.9.9.9, 203.0.113.1").statusCode())
          .as("what the client itself wrote into the header does not count")
          .isEqualTo(429);
      assertThat(other.get("/v1/network", "X-Forwarded-For", "203.0.113.1").statusCode())
          .isEqualTo(200);
      assertThat(other.get("/v1/network", "X-Forwarded-For", "203.0.113.2").statusCode())
          .isEqualTo(429);
    }
  }
}
