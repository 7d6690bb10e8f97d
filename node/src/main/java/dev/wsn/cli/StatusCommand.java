package dev.wsn.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wsn status}. */
@Command(
    name = "status",
    description = "Shows what a running server knows and does: tables, peers, lookups, record.",
    footer = {
      "",
      "The server runs with --metrics; a relay of the Debian package answers at port 9465.",
      "Exit codes: 0 it is ready, 4 it does not answer, or is not ready."
    })
final class StatusCommand implements Callable<Integer> {
  private static final int TIMEOUT_MILLIS = 5_000;

  /** More than any page has. */
  private static final int MAX_BYTES = 1 << 20;

  private final Host host;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "IP:PORT",
      defaultValue = ServerOption.STANDARD_METRICS,
      description =
          "where the server answers its operator, as its --metrics or as the URL that it prints"
              + " (default: ${DEFAULT-VALUE})",
      converter = AtConverter.class)
  private ListenAddress metrics = ListenAddress.NONE;

  @Option(names = "--json", description = "print the JSON object of the server as it is")
  private boolean isJson;

  @Option(names = "--watch", description = "show it again every two seconds, until Ctrl-C")
  private boolean isWatching;

  StatusCommand(Host host) {
    this.host = host;
  }

  @Override
  public Integer call() {
    int exitCode = show();
    if (isWatching) {
      host.stop().serve();
      while (!host.stop().await(Duration.ofSeconds(2))) {
        host.out().print(StatusText.CLEAR);
        exitCode = show();
      }
    }
    return exitCode;
  }

  /** Where a server answers its operator: an address, or a URL with any path. */
  static final class AtConverter implements ITypeConverter<ListenAddress> {
    private static final Pattern URL = Pattern.compile("(?i:http)://([^/]+)(/.*)?");

    @Override
    public ListenAddress convert(String text) {
      Matcher url = URL.matcher(text);
      String bare = url.matches() ? url.group(1) : text;
      return new ListenAddress.Converter()
          .convert(bare.replaceFirst("^localhost(?=:)", "127.0.0.1"));
    }
  }

  private int show() {
    String page = page();
    JsonNode status;
    try {
      status = new ObjectMapper().readTree(page);
    } catch (JsonProcessingException strange) {
      throw CommandFailure.unreachable("what answers at " + metrics + " is no wsn server");
    }
    if (isJson) {
      host.out().println(page.strip());
    } else {
      host.out().print(new StatusText(status, host.unixSeconds()).text());
    }
    host.out().flush();
    JsonNode relay = status.path("relay").path("ready");
    boolean isReady =
        relay.isMissingNode() ? status.path("reachable").asBoolean() : relay.asBoolean();
    return isReady ? ExitCode.DONE : ExitCode.UNREACHABLE;
  }

  /** The status page of the server that answers its operator there. */
  static String page(ListenAddress metrics) throws IOException {
    URI at = URI.create("http://" + metrics + "/status");
    HttpURLConnection connection = (HttpURLConnection) at.toURL().openConnection();
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    try (InputStream in = connection.getInputStream()) {
      return new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
    }
  }

  private String page() {
    try {
      return page(metrics);
    } catch (FileNotFoundException other) {
      throw CommandFailure.unreachable(
          "what answers at " + metrics + " has no status; give the address of --metrics");
    } catch (IOException failure) {
      throw CommandFailure.unreachable(
          "no server answers at "
              + metrics
              + " ("
              + failure.getMessage()
              + "); does it run, with --metrics "
              + metrics
              + "?");
    }
  }
}
