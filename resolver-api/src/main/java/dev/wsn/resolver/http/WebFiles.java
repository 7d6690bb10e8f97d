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
    files.add(file("/wsn/importmap.json", read("/web/importmap.json"), false));
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

  private static WebFile file(String path, byte[] bytes, boolean isImmutable) {
    String extension = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    String type = TYPES.getOrDefault(extension, "text/plain; charset=utf-8");
    return new WebFile(path, type, isImmutable, Buffer.buffer(bytes));
  }

  /** The source expression by which a content security policy allows an inline script. */
  static String policyHash(byte[] script) {
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
