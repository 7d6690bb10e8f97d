package dev.wsn.resolver;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** The JSON object of {@code GET /v1/network}. Stateless. */
public final class NetworkJson {
  private NetworkJson() {}

  /**
   * {@code seed}, {@code nodes}, {@code reachable}, {@code detail}, {@code estimated_nodes}, {@code
   * ipv4}, {@code ipv6} and {@code seeds}, UTF-8.
   */
  public static byte[] write(NetworkStatus status) {
    return StrictJson.write(
        out -> {
          out.writeStartObject();
          out.writeStringField("seed", status.seed());
          out.writeNumberField("nodes", status.nodes());
          out.writeBooleanField("reachable", status.isReachable());
          out.writeStringField("detail", status.detail());
          out.writeNumberField("estimated_nodes", status.estimatedNodes());
          out.writeFieldName("ipv4");
          write(out, status.ipv4());
          out.writeFieldName("ipv6");
          write(out, status.ipv6());
          out.writeArrayFieldStart("seeds");
          for (String seed : status.seeds()) {
            out.writeString(seed);
          }
          out.writeEndArray();
          out.writeEndObject();
        });
  }

  private static void write(JsonGenerator out, NetworkStatus.Family family) throws IOException {
    out.writeStartObject();
    out.writeNumberField("contacts", family.contacts());
    out.writeNumberField("answering", family.answering());
    if (family.estimatedNodes().isPresent()) {
      out.writeNumberField("estimated_nodes", family.estimatedNodes().getAsLong());
    }
    if (family.external().isPresent()) {
      out.writeStringField("external", family.external().get());
    }
    out.writeBooleanField("reachable_unasked", family.isReachable());
    out.writeArrayFieldStart("by_shared_bits");
    for (int contacts : family.bySharedBits()) {
      out.writeNumber(contacts);
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  /** {@code status} alone, for the health checks. */
  public static byte[] writeHealth(String status) {
    return StrictJson.write(
        out -> {
          out.writeStartObject();
          out.writeStringField("status", status);
          out.writeEndObject();
        });
  }
}
