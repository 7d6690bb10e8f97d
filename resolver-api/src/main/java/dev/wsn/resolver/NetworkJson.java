package dev.wsn.resolver;

/** The JSON object of {@code GET /v1/network}. Stateless. */
public final class NetworkJson {
  private NetworkJson() {}

  /** {@code seed}, {@code nodes}, {@code reachable} and {@code detail}, UTF-8. */
  public static byte[] write(NetworkStatus status) {
    return StrictJson.write(
        out -> {
          out.writeStartObject();
          out.writeStringField("seed", status.seed());
          out.writeNumberField("nodes", status.nodes());
          out.writeBooleanField("reachable", status.isReachable());
          out.writeStringField("detail", status.detail());
          out.writeEndObject();
        });
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
