package dev.wsn.node;

import dev.wsn.crypto.Nip19;
import dev.wsn.kademlia.Contact;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.IpPort;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.client.ResolverClient;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** {@code wsn node} as a process of its own, asked over HTTP. */
final class NodeProcess {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Process process;
  private final BufferedReader out;
  private final Path log;
  private String seed = "";
  private String http = "";
  private Optional<ResolverClient> client = Optional.empty();

  private NodeProcess(Process process, Path log) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
    this.log = log;
  }

  /**
   * Starts a process and does not wait for it.
   *
   * @param port 0 for any that is free
   */
  static NodeProcess launch(Path directory, int port, List<String> seeds) throws IOException {
    return launch(
        List.of(),
        directory,
        List.of("--local", "--listen", "127.0.0.1:" + port, "--http", "127.0.0.1:0"),
        seeds);
  }

  /**
   * Starts a process in another environment and does not wait for it.
   *
   * @param prefix a command that runs the command which follows it, or nothing
   * @param where the options that say where it listens
   */
  static NodeProcess launch(
      List<String> prefix, Path directory, List<String> where, List<String> seeds)
      throws IOException {
    Path log = directory.resolveSibling(directory.getFileName() + ".log");
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", classPath(), "dev.wsn.cli.Wsn", "node"));
    command.addAll(where);
    command.addAll(List.of("--data", directory.toString(), "--network", "test"));
    seeds.forEach(seed -> command.addAll(List.of("--seed", seed)));
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    return new NodeProcess(process, log);
  }

  private static String classPath() {
    String ofTests = System.getProperty("surefire.test.class.path", "");
    return ofTests.isEmpty() ? System.getProperty("java.class.path", File.pathSeparator) : ofTests;
  }

  /** Waits until the node runs, and returns its seed. */
  String seed() throws IOException {
    if (seed.isEmpty()) {
      seed = line("seed ");
      http = line("http ");
    }
    return seed;
  }

  private String line(String start) throws IOException {
    String line = out.readLine();
    if (line == null || !line.startsWith(start)) {
      throw new AssertionError("no line " + start + "but " + line + ": " + Files.readString(log));
    }
    return line.substring(start.length());
  }

  /** The node that a seed names. */
  static Contact contact(String seed) {
    int at = seed.indexOf('@');
    return Contact.of(
        Nip19.parsePublicKey(seed.substring(0, at)),
        IpPort.parse(seed.substring(at + 1)).orElseThrow());
  }

  /** One for all questions: each client has a thread of its own. */
  private synchronized ResolverClient resolver() {
    ResolverClient known =
        client.orElseGet(
            () ->
                new ResolverClient(URI.create(http), LoopbackNodes.RULES, InstantSource.system()));
    client = Optional.of(known);
    return known;
  }

  Publication publish(AddressRecord addressRecord) {
    return LoopbackNodes.await(resolver().publish(addressRecord));
  }

  Resolution resolve(AddressRecord wanted) {
    return LoopbackNodes.await(resolver().resolve(wanted.pubkey(), ResolvePolicy.QUORUM));
  }

  /** Whether the node says that it reaches the network. */
  boolean isReady() {
    HttpRequest request = HttpRequest.newBuilder(URI.create(http + "/health/ready")).build();
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  /** Waits until the process has ended by itself; what it said on standard error is in the log. */
  int exitCode() {
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new AssertionError("the process goes on");
      }
      return process.exitValue();
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  /** What the processes of this directory have said on standard error. */
  String log() throws IOException {
    return Files.readString(log);
  }

  /** As {@code kill -9}; returns when the process is gone. */
  void kill() {
    try {
      if (!process.destroyForcibly().waitFor(20, TimeUnit.SECONDS)) {
        throw new AssertionError("the process did not die");
      }
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }
}
