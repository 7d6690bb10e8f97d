package dev.wsn.resolver.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What /openapi.json promises; every response in the tests must keep it. */
final class Contract {
  private static final String ID = "https://resolver.invalid/openapi.json";

  private final JsonNode document;
  private final JsonSchemaFactory schemas;
  private final Map<String, JsonSchema> compiled = new ConcurrentHashMap<>();

  private Contract(String text) {
    try {
      document = new ObjectMapper().readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    schemas =
        JsonSchemaFactory.getInstance(
            SpecVersion.VersionFlag.V202012,
            factory -> factory.schemaLoaders(loaders -> loaders.schemas(Map.of(ID, text))));
  }

  static Contract load() {
    try (InputStream in = Contract.class.getResourceAsStream("openapi.json")) {
      return new Contract(new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JsonNode document() {
    return document;
  }

  /** Fails unless status, headers and body are what the document says of this operation. */
  void check(HttpResponse<String> response) {
    String method = response.request().method().toLowerCase(java.util.Locale.ROOT);
    String path = template(response.request().uri());
    JsonNode operation = document.path("paths").path(path).path(method);
    if (operation.isMissingNode()) {
      return;
    }
    String status = Integer.toString(response.statusCode());
    JsonNode promised = resolved(operation.path("responses").path(status));
    assertThat(promised.isMissingNode())
        .as("%s %s may answer %s: %s", method, path, status, response.body())
        .isFalse();
    promised.path("headers").properties().forEach(header -> checkHeader(response, header));
    if (method.equals("head") || status.equals("304")) {
      assertThat(response.body()).isEmpty();
      return;
    }
    String type = response.headers().firstValue("Content-Type").orElse("");
    JsonNode content = promised.path("content").path(type);
    assertThat(content.isMissingNode()).as("%s %s %s has %s", method, path, status, type).isFalse();
    if (type.endsWith("json") && !type.endsWith("ndjson")) {
      checkBody(content.path("schema").path("$ref").asText(), response.body());
    } else if (type.endsWith("ndjson")) {
      response
          .body()
          .lines()
          .forEach(line -> checkBody(content.path("schema").path("$ref").asText(), line));
    }
  }

  private static String template(URI uri) {
    return uri.getRawPath()
        .replaceAll("^/v1/relays/[^/]+/changes$", "/v1/relays/{key}/changes")
        .replaceAll("^/v1/relays/[^/]+$", "/v1/relays/{key}");
  }

  private JsonNode resolved(JsonNode node) {
    String ref = node.path("$ref").asText();
    return ref.isEmpty() ? node : document.at(ref.substring(1));
  }

  private void checkHeader(HttpResponse<String> response, Map.Entry<String, JsonNode> header) {
    JsonNode schema = resolved(header.getValue()).path("schema");
    response
        .headers()
        .firstValue(header.getKey())
        .ifPresent(
            value -> {
              if (schema.has("pattern")) {
                assertThat(value).as(header.getKey()).matches(schema.path("pattern").asText());
              }
            });
  }

  private void checkBody(String ref, String body) {
    JsonSchema schema =
        compiled.computeIfAbsent(ref, each -> schemas.getSchema(SchemaLocation.of(ID + each)));
    try {
      assertThat(schema.validate(new ObjectMapper().readTree(body))).as(body).isEmpty();
    } catch (IOException notJson) {
      throw new AssertionError("not JSON: " + body, notJson);
    }
  }
}
