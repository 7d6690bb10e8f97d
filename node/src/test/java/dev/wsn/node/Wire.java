package dev.wsn.node;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

/** The network between network namespaces that {@code src/test/chaos/wire.py} is. */
final class Wire implements AutoCloseable {
  private final Process process;
  private final Writer commands;
  private final BufferedReader answers;

  private Wire(Process process) {
    this.process = process;
    this.commands = process.outputWriter(StandardCharsets.UTF_8);
    this.answers = process.inputReader(StandardCharsets.UTF_8);
  }

  static Wire start(long seed) throws IOException {
    String program = Path.of("src", "test", "chaos", "wire.py").toString();
    return new Wire(
        new ProcessBuilder("python3", program, Long.toString(seed))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /** Makes a namespace; {@code control} is the one of this process. */
  void host(String name, String address) {
    say("host " + name + " " + address);
  }

  /** Of all packets, from now on. */
  void lose(double fraction) {
    say("loss " + fraction);
  }

  /** Nothing passes any more between these hosts and the others. */
  void partition(Collection<String> names) {
    say("partition " + String.join(" ", names));
  }

  /** Everything passes again. */
  void heal() {
    say("heal");
  }

  private void say(String command) {
    try {
      commands.write(command + "\n");
      commands.flush();
      String answer = answers.readLine();
      if (!"ok".equals(answer)) {
        throw new AssertionError(command + ": " + answer);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public void close() throws IOException {
    commands.close();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }
}
