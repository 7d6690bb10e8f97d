package dev.wsn.mapping;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** HTTP with a router: no proxy, no redirection, an end in time and in length. */
final class PlainHttp {
  /** Longest body that is read; descriptions of routers have some 5 to 20 kB. */
  static final int MAX_BODY_BYTES = 65_536;

  private static final int TIMEOUT_MILLIS = 3_000;
  private static final int MAX_EXCHANGE_MILLIS = 5_000;

  private final LongSupplier monotonicMillis;

  PlainHttp(LongSupplier monotonicMillis) {
    this.monotonicMillis = monotonicMillis;
  }

  /** What came back. */
  record Answer(int status, ByteArrayInputStream body) {}

  /** Fetches a document. */
  Answer get(URI from) throws IOException {
    return exchange(from, "", null);
  }

  /** Sends a SOAP envelope, UPnP Device Architecture 1.1, section 3.2.1. */
  Answer post(URI to, String action, String envelope) throws IOException {
    return exchange(to, action, envelope);
  }

  private Answer exchange(URI uri, String action, @Nullable String envelope) throws IOException {
    long until = monotonicMillis.getAsLong() + MAX_EXCHANGE_MILLIS;
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
    try {
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      connection.setInstanceFollowRedirects(false);
      connection.setUseCaches(false);
      connection.setRequestProperty("Connection", "close");
      if (envelope != null) {
        byte[] bytes = envelope.getBytes(StandardCharsets.UTF_8);
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(bytes.length);
        connection.setRequestProperty("Content-Type", "text/xml; charset=\"utf-8\"");
        connection.setRequestProperty("SOAPAction", "\"" + action + "\"");
        connection.getOutputStream().write(bytes);
      }
      int status = connection.getResponseCode();
      InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream();
      byte[] bytes = body == null ? new byte[0] : read(body, until);
      return new Answer(status, new ByteArrayInputStream(bytes));
    } finally {
      // Of a body that is closed before, the JDK would keep the connection for the next exchange,
      // which a router that was asked to close it then cuts off.
      connection.disconnect();
    }
  }

  /** A read returns with whatever is there, so a router that trickles is given up in time, too. */
  private byte[] read(InputStream body, long until) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] some = new byte[4096];
    for (int count = body.read(some); count >= 0; count = body.read(some)) {
      all.write(some, 0, count);
      if (all.size() > MAX_BODY_BYTES) {
        throw new IOException("its answer is too long");
      }
      if (monotonicMillis.getAsLong() > until) {
        throw new IOException("its answer takes too long");
      }
    }
    return all.toByteArray();
  }
}
