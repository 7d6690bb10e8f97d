package dev.wsn.resolver.http;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The files of the page and of {@code wsn-client} that a resolver serves. What others have written
 * is in the program as they published it, and is compared with its hash whenever it is read. All on
 * the class path; nothing is fetched from elsewhere. Stateless.
 */
final class WebFiles {
  /** A file as it is served, and whether it never changes at its path. */
  record WebFile(String path, String type, boolean isImmutable, Buffer bytes) {}

  /** The package {@code wsn-client}, as npm would pack it. */
  static final List<String> CLIENT =
      List.of(
          "LICENSE",
          "README.md",
          "address.js",
          "bytes.js",
          "channel.js",
          "connect.js",
          "fetch.js",
          "frames.js",
          "index.d.ts",
          "noise.js",
          "package.json",
          "record.js",
          "resolve.js",
          "socket.js",
          "wsn.js");

  /** What the page at / needs, besides itself. */
  static final List<String> PAGE =
      List.of(
          "app.js",
          "directory.js",
          "dom.js",
          "icon.svg",
          "lookup.js",
          "network.js",
          "path.js",
          "relay.js",
          "scan.js",
          "style.css",
          "view.js");

  private static final String IMPORT_MAP = "/web/importmap.json";

  /** Names and hashes of what others have written, in the form of sha256sum. */
  static final String SUMS = "SHA256SUMS";

  private static final Map<String, String> TYPES =
      Map.of(
          "css", "text/css; charset=utf-8",
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "json", Reply.JSON,
          "svg", "image/svg+xml");

  private WebFiles() {}

  /** {@code wsn-client} and what it needs, under /wsn/. */
  static List<WebFile> client() {
    List<WebFile> files = new ArrayList<>();
    for (String name : CLIENT) {
      files.add(file("/wsn/" + name, read("/web/wsn/" + name), false));
    }
    files.add(file("/wsn/importmap.json", read(IMPORT_MAP), false));
    String sums = new String(read("/web/vendor/" + SUMS), StandardCharsets.UTF_8);
    for (String line : sums.lines().toList()) {
      String[] hashAndName = line.split("  ", 2);
      byte[] bytes = read("/web/vendor/" + hashAndName[1]);
      if (!HexFormat.of().formatHex(sha256(bytes)).equals(hashAndName[0])) {
        throw new IllegalStateException("the program's file " + hashAndName[1] + " was changed");
      }
      files.add(file("/wsn/vendor/" + hashAndName[1], bytes, true));
    }
    return files;
  }

  /** The page, whose import map is a part of it: browsers take none from elsewhere. */
  static WebFile page() {
    String html = new String(read("/web/page/index.html"), StandardCharsets.UTF_8);
    String map = new String(read(IMPORT_MAP), StandardCharsets.UTF_8);
    byte[] whole = html.replace("{importmap}", map).getBytes(StandardCharsets.UTF_8);
    return new WebFile("/", "text/html; charset=utf-8", false, Buffer.buffer(whole));
  }

  /**
   * What the page may do: run what is served here, and open channels to wherever a record points.
   */
  static String pagePolicy() {
    return "default-src 'none'; script-src 'self' "
        + policyHash(read(IMPORT_MAP))
        + "; style-src 'self'; img-src 'self'; media-src 'self' blob:; connect-src 'self' ws:;"
        + " base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
  }

  /** Scripts, style and icon of the page, under /page/. */
  static List<WebFile> pageParts() {
    return PAGE.stream()
        .map(name -> file("/page/" + name, read("/web/page/" + name), false))
        .toList();
  }

  private static WebFile file(String path, byte[] bytes, boolean isImmutable) {
    String extension = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    String type = TYPES.getOrDefault(extension, "text/plain; charset=utf-8");
    return new WebFile(path, type, isImmutable, Buffer.buffer(bytes));
  }

  /** The source expression by which a content security policy allows an inline script. */
  private static String policyHash(byte[] script) {
    return "'sha256-" + Base64.getEncoder().encodeToString(sha256(script)) + "'";
  }

  /** The bytes of a file on the class path. */
  static byte[] read(String name) {
    try (InputStream in = WebFiles.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the program lacks its file " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
