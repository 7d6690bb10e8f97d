package dev.wsn.resolver.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The files that are served as they are: the description of the interface, the page that shows it,
 * one page for every type of problem, and {@code wsn-client} with what it needs. The paths are
 * those of a list, so no path of a stranger is ever looked up anywhere. Thread-safe.
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
      String type, String policy, String cacheControl, Supplier<Content> content) {}

  private record Content(Buffer bytes, String tag) {
    static Content of(byte[] bytes) {
      String tag = HexFormat.of().formatHex(WebFiles.sha256(bytes), 0, 16);
      return new Content(Buffer.buffer(bytes), "\"" + tag + "\"");
    }
  }

  /** Made when it is asked for first: most servers never show a page, and start sooner so. */
  private static final class Once implements Supplier<Content> {
    private final Supplier<byte[]> bytes;
    private @Nullable Content content;

    Once(Supplier<byte[]> bytes) {
      this.bytes = bytes;
    }

    @Override
    public synchronized Content get() {
      if (content == null) {
        content = Content.of(bytes.get());
      }
      return content;
    }
  }

  private final Map<String, Document> documents = new LinkedHashMap<>();

  private Documents() {}

  /** All of them, read from the class path when they are asked for. */
  static Documents load() {
    Documents all = new Documents();
    all.add("/openapi.json", Reply.JSON, POLICY_OF_TEXT, () -> resource("openapi.json"));
    all.add("/docs/", HTML, POLICY_OF_DOCS, () -> resource("docs.html"));
    all.add("/docs/start.js", SCRIPT, POLICY_OF_TEXT, () -> resource("docs.js"));
    for (String name : new String[] {"swagger-ui-bundle.js", "swagger-ui.css"}) {
      String type = name.endsWith(".css") ? STYLE : SCRIPT;
      all.add("/docs/" + name, type, POLICY_OF_TEXT, () -> resource(SWAGGER + name));
    }
    all.add(WebFiles.page(), WebFiles.pagePolicy());
    WebFiles.pageParts().forEach(file -> all.add(file, POLICY_OF_TEXT));
    WebFiles.client().forEach(file -> all.add(file, POLICY_OF_TEXT));
    for (Problem problem : ProblemPages.all()) {
      all.add(problem.type(), HTML, POLICY_OF_TEXT, () -> page(problem));
    }
    return all;
  }

  private static byte[] page(Problem problem) {
    return new String(resource("problem.html"), UTF_8)
        .replace("{type}", problem.type())
        .replace("{title}", escaped(problem.title()))
        .replace("{status}", Integer.toString(problem.status()))
        .replace("{detail}", escaped(problem.detail()))
        .getBytes(UTF_8);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static byte[] resource(String name) {
    return WebFiles.read(name.startsWith("/") ? name : "/dev/wsn/resolver/http/" + name);
  }

  private void add(String path, String type, String policy, Supplier<byte[]> bytes) {
    documents.put(path, new Document(type, policy, "public, max-age=300", new Once(bytes)));
  }

  private void add(WebFiles.WebFile file, String policy) {
    String control = file.isImmutable() ? FOREVER : "public, max-age=300";
    Once content = new Once(() -> file.bytes().getBytes());
    documents.put(file.path(), new Document(file.type(), policy, control, content));
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
    Content content = document.content().get();
    boolean isKnown = request.headers().getAll("If-None-Match").contains(content.tag());
    Reply reply =
        isKnown ? Reply.empty(304) : Reply.of(200, document.type(), content.bytes().getBytes());
    return reply
        .with("ETag", content.tag())
        .with("Vary", path.equals("/") ? "Accept, Accept-Encoding" : "Accept-Encoding")
        .with("Referrer-Policy", "no-referrer")
        .with("Content-Security-Policy", document.policy())
        .with(Reply.CACHE_CONTROL, document.cacheControl());
  }
}
