package dev.wsn.resolver.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The files that are served as they are: the description of the interface, the page that shows it,
 * one page for every type of problem, and {@code wsn-client} with what it needs. All in memory, so
 * no path of a stranger is ever looked up anywhere. Immutable.
 */
final class Documents {
  private static final String HTML = "text/html; charset=utf-8";
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String STYLE = "text/css; charset=utf-8";

  /** Swagger UI sets style attributes and shows icons from data URIs. */
  private static final String POLICY_OF_DOCS =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'"
          + " data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors"
          + " 'none'";

  private static final String POLICY_OF_TEXT =
      "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  private static final String SWAGGER = "/META-INF/resources/webjars/swagger-ui/5.30.1/";

  /** For paths with a version in them. */
  private static final String FOREVER = "public, max-age=31536000, immutable";

  private record Document(
      String type, String policy, String cacheControl, Buffer bytes, String tag) {}

  private final Map<String, Document> documents = new LinkedHashMap<>();

  private Documents() {}

  /** Reads all of them from the class path. */
  static Documents load() {
    Documents all = new Documents();
    all.add("/openapi.json", Reply.JSON, POLICY_OF_TEXT, resource("openapi.json"));
    all.add("/docs/", HTML, POLICY_OF_DOCS, resource("docs.html"));
    all.add("/docs/start.js", SCRIPT, POLICY_OF_TEXT, resource("docs.js"));
    for (String name : new String[] {"swagger-ui-bundle.js", "swagger-ui.css"}) {
      String type = name.endsWith(".css") ? STYLE : SCRIPT;
      all.add("/docs/" + name, type, POLICY_OF_TEXT, resource(SWAGGER + name));
    }
    all.add("/problems/style.css", STYLE, POLICY_OF_TEXT, resource("problem.css"));
    WebFiles.client().forEach(file -> all.add(file, POLICY_OF_TEXT));
    String page = new String(resource("problem.html"), UTF_8);
    for (Problem problem : Problems.all()) {
      byte[] html =
          page.replace("{type}", problem.type())
              .replace("{title}", escaped(problem.title()))
              .replace("{status}", Integer.toString(problem.status()))
              .replace("{detail}", escaped(problem.detail()))
              .getBytes(UTF_8);
      all.add(problem.type(), HTML, POLICY_OF_TEXT, html);
    }
    return all;
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static byte[] resource(String name) {
    return WebFiles.read(name.startsWith("/") ? name : "/dev/wsn/resolver/http/" + name);
  }

  private void add(String path, String type, String policy, byte[] bytes) {
    add(new WebFiles.WebFile(path, type, false, Buffer.buffer(bytes)), policy);
  }

  private void add(WebFiles.WebFile file, String policy) {
    String tag =
        "\"" + HexFormat.of().formatHex(WebFiles.sha256(file.bytes().getBytes()), 0, 16) + "\"";
    String control = file.isImmutable() ? FOREVER : "public, max-age=300";
    documents.put(file.path(), new Document(file.type(), policy, control, file.bytes(), tag));
  }

  /** Where there is one. */
  Set<String> paths() {
    return documents.keySet();
  }

  /** The document at one of the paths, or 304 for who has it. */
  Reply reply(String path, HttpServerRequest request) {
    Document document = documents.get(path);
    if (document == null) {
      return Reply.of(Problems.NO_SUCH_PATH);
    }
    boolean isKnown = request.headers().getAll("If-None-Match").contains(document.tag());
    Reply reply =
        isKnown ? Reply.empty(304) : Reply.of(200, document.type(), document.bytes().getBytes());
    return reply
        .with("ETag", document.tag())
        .with("Vary", "Accept-Encoding")
        .with("Referrer-Policy", "no-referrer")
        .with("Content-Security-Policy", document.policy())
        .with(Reply.CACHE_CONTROL, document.cacheControl());
  }
}
