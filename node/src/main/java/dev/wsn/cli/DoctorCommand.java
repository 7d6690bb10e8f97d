package dev.wsn.cli;

import dev.wsn.cli.Examination.Finding;
import dev.wsn.cli.Examination.Grade;
import dev.wsn.crypto.Secp256k1;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wsn doctor}. */
@Command(
    name = "doctor",
    description = "Looks at everything that a server needs, without starting it.",
    footer = {
      "",
      "Example: wsn doctor node --config /etc/wsn/node.yaml",
      "Exit codes: 0 nothing is in the way, 1 something is, 2 the configuration is wrong."
    })
final class DoctorCommand implements Callable<Integer> {
  /** A clock before this was never set; after the release of this program. */
  private static final Instant EARLIEST = Instant.parse("2026-01-01T00:00:00Z");

  /** Records from further ahead are refused by everybody. */
  private static final Duration TOLERATED = Duration.ofSeconds(30);

  private final Host host;

  @Option(
      names = "--time-server",
      paramLabel = "IP:PORT",
      description = "an NTP server to compare the clock with, on port 123",
      converter = ListenAddress.Converter.class)
  private @Nullable ListenAddress timeServer;

  @Mixin private final ConfigCommand.Subject subject = new ConfigCommand.Subject();

  DoctorCommand(Host host) {
    this.host = host;
  }

  /** With options before the name of the server, and the server's own after it. */
  static CommandLine of(Host host) {
    return new CommandLine(new DoctorCommand(host)).setStopAtPositional(true);
  }

  @Override
  public Integer call() {
    List<Finding> findings = new ArrayList<>();
    Examination examination = new Examination(host, findings);
    try {
      Server server = subject.server(host, new Complaints(host));
      examination.add(Grade.OK, "configuration", "no mistake");
      java(examination);
      clock(examination);
      server.examine(examination);
    } catch (ConfigCommand.Wrong wrong) {
      return wrong.exitCode();
    }
    Table table = new Table("", "WHAT", "FINDING");
    findings.forEach(each -> table.add(each.grade().name(), each.what(), each.detail()));
    host.out().print(coloured(table.text()));
    boolean isBad = findings.stream().anyMatch(each -> each.grade() == Grade.BAD);
    return isBad ? ExitCode.INTERNAL : ExitCode.DONE;
  }

  private static String coloured(String table) {
    return table
        .replaceAll("(?m)^OK", Ansi.AUTO.string("@|green OK|@"))
        .replaceAll("(?m)^WARN", Ansi.AUTO.string("@|yellow WARN|@"))
        .replaceAll("(?m)^BAD", Ansi.AUTO.string("@|red BAD|@"));
  }

  private static void java(Examination examination) {
    String curve = Secp256k1.preferred().name();
    examination.add(Grade.OK, "Java", Runtime.version().toString());
    examination.add(
        curve.equals("native") ? Grade.OK : Grade.WARN,
        "secp256k1",
        curve.equals("native") ? "native" : curve + ": signatures take four times as long");
  }

  private void clock(Examination examination) {
    Instant now = host.clock().instant().truncatedTo(ChronoUnit.SECONDS);
    if (now.isBefore(EARLIEST)) {
      examination.add(Grade.BAD, "clock", "it says " + now + "; set it, or records are refused");
      return;
    }
    if (timeServer == null) {
      examination.add(Grade.OK, "clock", "it says " + now + "; --time-server compares it");
      return;
    }
    try {
      Duration ahead = TimeServer.ahead(timeServer, host.clock(), host.random());
      boolean isRight = ahead.abs().compareTo(TOLERATED) <= 0;
      examination.add(
          isRight ? Grade.OK : Grade.BAD,
          "clock",
          "it is %.1f s %s"
              .formatted(ahead.abs().toMillis() / 1e3, ahead.isNegative() ? "behind" : "ahead"));
    } catch (IOException silent) {
      examination.add(Grade.WARN, "clock", timeServer + " does not answer: " + silent.getMessage());
    }
  }
}
