package dev.wsn.node;

import dev.wsn.kademlia.Contact;
import dev.wsn.record.AddressRecord;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link NodeProcessMain} from outside. */
final class NodeProcess {
  private final Process process;
  private final BufferedReader out;
  private final BufferedWriter in;
  private final Path log;

  private NodeProcess(Process process, Path log) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
    this.in = process.outputWriter(StandardCharsets.UTF_8);
    this.log = log;
  }

  /** Starts a process and does not wait for it. */
  static NodeProcess launch(Path directory, int port, List<String> seeds) throws IOException {
    Path log = directory.resolveSibling(directory.getFileName() + ".log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", classPath(), NodeProcessMain.class.getName()));
    command.addAll(List.of(directory.toString(), Integer.toString(port)));
    command.addAll(seeds);
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

  /** Waits for the first line and returns the seed that it names. */
  String seed() throws IOException {
    String line = readLine();
    if (!line.startsWith("seed ")) {
      throw new AssertionError("not a seed: " + line);
    }
    return line.substring("seed ".length());
  }

  static Contact contact(String seed) {
    return NodeProcessMain.contact(seed);
  }

  String publish(AddressRecord addressRecord) throws IOException {
    return ask("publish " + HexFormat.of().formatHex(addressRecord.compact()));
  }

  String resolve(AddressRecord wanted) throws IOException {
    return ask("resolve " + wanted.pubkey().hex());
  }

  String status() throws IOException {
    return ask("status");
  }

  private String ask(String line) throws IOException {
    in.write(line + "\n");
    in.flush();
    return readLine();
  }

  private String readLine() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new AssertionError("the process ended; it said: " + Files.readString(log));
    }
    return line;
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
