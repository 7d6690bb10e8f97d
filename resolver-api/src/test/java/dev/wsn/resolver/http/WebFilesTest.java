package dev.wsn.resolver.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a browser needs is all there. That the files of others are those of npm is checked by {@code
 * node/src/test/page/run}.
 */
final class WebFilesTest {
  private static final Path WEB = Path.of("src/main/resources/web");
  private static final Pattern IMPORT =
      Pattern.compile(
          "^\\s*(?:import|export)\\b[^'\"]*?from\\s*['\"]([^'\"]+)['\"]", Pattern.MULTILINE);

  private Serving serving;

  @BeforeEach
  void start() {
    serving = new Serving();
  }

  @AfterEach
  void stop() {
    serving.close();
  }

  private static List<String> filesUnder(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> directory.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }

  @Test
  void theClientIsServedAsItIsPackedButForWhatNeedsNode() throws IOException {
    List<String> packed =
        filesUnder(WEB.resolve("wsn")).stream()
            .filter(name -> !name.startsWith("node_modules"))
            .filter(name -> !name.equals("package-lock.json"))
            .filter(name -> !name.startsWith("node."))
            .toList();
    assertThat(WebFiles.CLIENT).containsExactlyElementsOf(packed);
    for (String name : packed) {
      HttpResponse<String> served = serving.get("/wsn/" + name);
      assertThat(served.statusCode()).as(name).isEqualTo(200);
      assertThat(served.body()).isEqualTo(Files.readString(WEB.resolve("wsn").resolve(name)));
      assertThat(Serving.header(served, "Cache-Control")).isEqualTo("public, max-age=300");
      assertThat(Serving.header(served, "Access-Control-Allow-Origin")).isEqualTo("*");
      if (name.endsWith(".js")) {
        assertThat(Serving.header(served, "Content-Type"))
            .isEqualTo("text/javascript; charset=utf-8");
      }
      HttpResponse<String> again =
          serving.get("/wsn/" + name, "If-None-Match", Serving.header(served, "ETag"));
      assertThat(again.statusCode()).isEqualTo(304);
    }
  }

  /** Nothing of the page comes from elsewhere, and nothing of it may be framed or injected. */
  @Test
  void thePageIsServedWhole() throws IOException {
    List<String> parts =
        filesUnder(WEB.resolve("page")).stream()
            .filter(name -> !name.equals("index.html"))
            .toList();
    assertThat(WebFiles.PAGE).containsExactlyElementsOf(parts);
    HttpResponse<String> page = serving.get("/", "Accept", "text/html");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(Serving.header(page, "Content-Type")).isEqualTo("text/html; charset=utf-8");
    assertThat(Serving.header(page, "Vary")).isEqualTo("Accept, Accept-Encoding");
    assertThat(Serving.header(page, "Content-Security-Policy"))
        .startsWith("default-src 'none'; script-src 'self' 'sha256-")
        .doesNotContain("unsafe")
        .contains("frame-ancestors 'none'");
    List<String> named =
        Pattern.compile("(?:src|href)=\"(/[^\"]*)\"")
            .matcher(page.body())
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(named).contains("/page/app.js", "/page/style.css", "/wsn/LICENSE");
    for (String path : named) {
      assertThat(serving.get(path).statusCode()).as(path).isEqualTo(200);
    }
    assertThat(page.body()).doesNotContain("http://").doesNotContain("https://");
    for (String part : parts) {
      HttpResponse<String> served = serving.get("/page/" + part);
      assertThat(served.body()).isEqualTo(Files.readString(WEB.resolve("page").resolve(part)));
      assertThat(Serving.header(served, "X-Content-Type-Options")).isEqualTo("nosniff");
    }
    String about = page.body();
    locked(WEB.resolve("vendor/package-lock.json"))
        .forEach(
            (name, version) ->
                assertThat(about)
                    .contains("<th scope=\"row\">" + name + "</th><td>" + version + "</td>"));
    assertThat(serving.get("/", "Accept", "application/nostr+json").body()).contains("11111");
  }

  @Test
  void whatOthersWroteIsServedForeverWithItsLicence() throws IOException {
    List<String> files =
        filesUnder(WEB.resolve("vendor")).stream().filter(name -> name.contains("/")).toList();
    assertThat(Files.readString(WEB.resolve("vendor").resolve(WebFiles.SUMS)).lines())
        .extracting(line -> line.split("  ", 2)[1])
        .containsExactlyElementsOf(files);
    for (String name : files) {
      HttpResponse<String> served = serving.get("/wsn/vendor/" + name);
      assertThat(served.statusCode()).as(name).isEqualTo(200);
      assertThat(served.body().getBytes(UTF_8))
          .isEqualTo(Files.readAllBytes(WEB.resolve("vendor").resolve(name)));
      assertThat(Serving.header(served, "Cache-Control"))
          .isEqualTo("public, max-age=31536000, immutable");
      assertThat(Serving.header(served, "ETag")).matches("\"[0-9a-f]{32}\"");
      assertThat(Serving.header(served, "X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(Serving.header(served, "Referrer-Policy")).isEqualTo("no-referrer");
      assertThat(Serving.header(served, "Content-Security-Policy"))
          .startsWith("default-src 'none'");
      String directory = name.substring(0, name.indexOf('/'));
      assertThat(files).contains(directory + "/LICENSE");
    }
  }

  /** Of the packages that the client and the vendored files are locked to. */
  @Test
  void theVersionsAreThoseOfTheLockFiles() throws IOException {
    Map<String, String> vendored = locked(WEB.resolve("vendor/package-lock.json"));
    Map<String, String> ofClient = locked(WEB.resolve("wsn/package-lock.json"));
    ofClient.remove("ws");
    assertThat(vendored).containsAllEntriesOf(ofClient);
    List<String> directories =
        vendored.entrySet().stream()
            .map(
                entry -> entry.getKey().replace("@", "").replace('/', '-') + "-" + entry.getValue())
            .sorted()
            .toList();
    try (Stream<Path> found = Files.list(WEB.resolve("vendor"))) {
      assertThat(
              found.filter(Files::isDirectory).map(path -> path.getFileName().toString()).sorted())
          .containsExactlyElementsOf(directories);
    }
  }

  private static Map<String, String> locked(Path lock) throws IOException {
    Map<String, String> versions = new TreeMap<>();
    JsonNode packages = Serving.json(Files.readString(lock)).path("packages");
    packages
        .properties()
        .forEach(
            each -> {
              if (!each.getKey().isEmpty()) {
                assertThat(each.getValue().path("integrity").asText()).startsWith("sha512-");
                versions.put(
                    each.getKey().replace("node_modules/", ""),
                    each.getValue().path("version").asText());
              }
            });
    return versions;
  }

  @Test
  void everyImportLeadsToAFileThatIsServed() {
    JsonNode map = Serving.json(serving.get("/wsn/importmap.json").body()).path("imports");
    for (WebFiles.WebFile file : WebFiles.client()) {
      if (!file.path().endsWith(".js")) {
        continue;
      }
      IMPORT
          .matcher(file.bytes().toString(UTF_8))
          .results()
          .map(match -> match.group(1))
          .forEach(
              imported -> {
                String path = resolved(file.path(), imported, map);
                assertThat(serving.get(path).statusCode())
                    .as("%s imports %s", file.path(), imported)
                    .isEqualTo(200);
              });
    }
  }

  private String resolved(String from, String imported, JsonNode map) {
    if (imported.startsWith(".")) {
      return serving.uri(from).resolve(imported).getPath();
    }
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      String name = entry.getKey();
      String to = entry.getValue().asText();
      if (imported.equals(name)) {
        return to;
      }
      if (name.endsWith("/") && imported.startsWith(name)) {
        return to + imported.substring(name.length());
      }
    }
    throw new AssertionError(from + " imports " + imported + ", which the map does not name");
  }
}
