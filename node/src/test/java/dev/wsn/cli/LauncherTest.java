package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher {@code wsn} itself, in a small tree of its own. Maven and Java are scripts that say
 * how they were called, so that a test takes milliseconds and can make them fail.
 */
class LauncherTest {
  private static final int SECONDS = 30;

  private final Path home;
  private final Path tree;
  private final Path java;
  private final Path tools;

  private record Result(int exitCode, String out, String err) {}

  LauncherTest(@TempDir Path home) throws IOException {
    this.home = home;
    tree = Files.createDirectories(home.resolve("tree with a space"));
    Path launcher = Path.of("..", "wsn");
    Files.copy(launcher, tree.resolve("wsn"));
    executable(tree.resolve("wsn"));
    Files.writeString(tree.resolve("pom.xml"), "<project/>\n");
    for (String module : List.of("crypto", "resolver-api", "node")) {
      Files.createDirectories(tree.resolve(module).resolve("src/main"));
      Files.writeString(tree.resolve(module).resolve("pom.xml"), "<project/>\n");
    }
    java = Files.createDirectories(home.resolve("java"));
    script(java.resolve("bin/java"), "echo \"java: $*\"");
    script(java.resolve("bin/javac"), "true");
    Files.writeString(java.resolve("release"), "JAVA_VERSION=\"17.0.15\"\n");
    tools = Files.createDirectories(home.resolve("tools"));
    script(
        tools.resolve("mvn"),
        "echo built >> \"$0.count\"",
        "echo \"[INFO] Building wsn node 0.1 [4/4]\"",
        "sleep 0.5",
        "mkdir -p node/target/launcher",
        "echo jar > node/target/launcher/wsn.jar");
  }

  @Test
  void firstUseBuildsAndLaterUsesDoNot() throws Exception {
    Result first = run("resolve", "two words");
    assertThat(first.exitCode()).isZero();
    assertThat(first.out()).startsWith("java: ").endsWith("resolve two words\n");
    assertThat(first.err()).contains("building").contains("wsn node").contains("built in");

    Result second = run("resolve");
    assertThat(second.err()).isEmpty();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void changedAddedOrRemovedSourceBuildsAgain() throws Exception {
    Path sources = tree.resolve("node/src/main");
    Path source = Files.writeString(sources.resolve("A.java"), "class A {}");
    makeOld(sources);
    makeOld(source);
    run();
    makeOld(tree.resolve("target/wsn.jar"), Instant.EPOCH.plusSeconds(2_000_000));
    makeEverythingOlder();
    run();
    assertThat(builds()).isEqualTo(1);

    Files.writeString(source, "class A { }");
    run();
    assertThat(builds()).isEqualTo(2);

    Files.delete(source);
    run();
    assertThat(builds()).isEqualTo(3);
  }

  @Test
  void worksThroughSymbolicLinksFromAnyDirectory() throws Exception {
    Path link = Files.createSymbolicLink(tools.resolve("wsn"), tree.resolve("wsn"));
    Path linkToLink = Files.createSymbolicLink(home.resolve("w"), Path.of("tools", "wsn"));
    assertThat(runFrom(linkToLink, Map.of()).exitCode()).isZero();
    assertThat(runFrom(link, Map.of()).out()).contains(tree.resolve("target/wsn.jar").toString());
  }

  @Test
  void failedBuildShowsItsErrors() throws Exception {
    script(tools.resolve("mvn"), "echo '[ERROR] no such artifact'", "exit 1");
    Result result = run();
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("the build failed", "no such artifact", "wsn-build.log");
    assertThat(result.out()).isEmpty();
  }

  @Test
  void missingMavenHasItsMessage() throws Exception {
    Files.delete(tools.resolve("mvn"));
    Result result = run();
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("no Maven (mvn) found");
  }

  @Test
  void oldOrMissingJavaHasItsMessage() throws Exception {
    Files.writeString(java.resolve("release"), "JAVA_VERSION=\"1.8.0_402\"\n");
    assertThat(run().err()).contains("Java 1 at", "is too old", "JDK 17");
    Files.delete(java.resolve("bin/java"));
    Result result = run();
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("JAVA_HOME is").contains("no bin/java in it");
  }

  @Test
  void optionsFitTheCommandAndTheJava() throws Exception {
    run();
    assertThat(run("resolve").out()).contains("TieredStopAtLevel=1").doesNotContain("native-acc");
    assertThat(run("node").out()).contains("MaxRAMPercentage").doesNotContain("TieredStop");
    Files.writeString(java.resolve("release"), "JAVA_VERSION=\"25\"\n");
    assertThat(run("node").out()).contains("--enable-native-access=ALL-UNNAMED");
    assertThat(runFrom(tree.resolve("wsn"), Map.of("WSN_JAVA_OPTS", "-Xa -Xb"), "node").out())
        .contains("-Xa -Xb -jar");
  }

  @Test
  void classDataIsSharedOnceForEachBuildAndJava() throws Exception {
    sharing("echo data > \"$3\"");
    Result first = run("node");
    assertThat(first.err()).contains("preparing quick starts");
    assertThat(first.out()).contains("-XX:SharedArchiveFile=" + archive("17.0.15"));
    assertThat(run("resolve").err()).isEmpty();

    Files.writeString(java.resolve("release"), "JAVA_VERSION=\"25\"\n");
    assertThat(run("node").out()).contains("-XX:SharedArchiveFile=" + archive("25"));
    assertThat(run("node").err()).isEmpty();
    assertThat(Files.readAllLines(tree.resolve("shared")))
        .hasSize(2)
        .last()
        .asString()
        .endsWith(" --enable-native-access=ALL-UNNAMED");

    makeOld(archive("25"), Instant.EPOCH);
    assertThat(run("node").err()).contains("preparing quick starts");
  }

  @Test
  void classDataThatCannotBeMadeIsDoneWithout() throws Exception {
    sharing("exit 1");
    Result first = run("node");
    assertThat(first.exitCode()).isZero();
    assertThat(first.out()).doesNotContain("SharedArchiveFile");
    Result second = run("node");
    assertThat(second.out()).isEqualTo(first.out());
    assertThat(second.err()).as("nobody tries again").isEmpty();
  }

  /** What stands in for the script that makes an archive; how it was called is in "shared". */
  private void sharing(String line) throws IOException {
    script(
        tree.resolve("deploy/bin/share-classes"),
        "echo \"$*\" >> \"" + tree.resolve("shared") + "\"",
        line);
  }

  private Path archive(String version) {
    return tree.resolve("target").resolve("wsn-" + version + ".jsa");
  }

  private Result run(String... arguments) throws Exception {
    return runFrom(tree.resolve("wsn"), Map.of(), arguments);
  }

  private Result runFrom(Path launcher, Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", launcher.toString()));
    command.addAll(List.of(arguments));
    Path out = home.resolve("out.txt");
    Path err = home.resolve("err.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", systemToolsWithoutMavenAndJava());
    builder.environment().put("JAVA_HOME", java.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  /** The tools that the launcher uses, and nothing else of the machine. */
  private String systemToolsWithoutMavenAndJava() throws IOException {
    Path bin = home.resolve("bin");
    if (!Files.exists(bin)) {
      Files.createDirectories(bin);
      for (String tool :
          List.of(
              "bash",
              "awk",
              "cat",
              "dirname",
              "find",
              "flock",
              "grep",
              "head",
              "mkdir",
              "mv",
              "readlink",
              "sed",
              "sleep",
              "tail",
              "touch")) {
        for (String directory : System.getenv("PATH").split(":", -1)) {
          Path candidate = Path.of(directory, tool);
          if (Files.isExecutable(candidate) && !Files.exists(bin.resolve(tool))) {
            script(bin.resolve(tool), "exec " + candidate + " \"$@\"");
          }
        }
      }
    }
    return tools + ":" + bin;
  }

  private long builds() throws IOException {
    return Files.readAllLines(tools.resolve("mvn.count"), StandardCharsets.UTF_8).size();
  }

  private void makeEverythingOlder() throws IOException {
    try (var paths = Files.walk(tree)) {
      for (Path path : paths.filter(each -> !each.endsWith("target/wsn.jar")).toList()) {
        makeOld(path);
      }
    }
  }

  private static void makeOld(Path path) throws IOException {
    makeOld(path, Instant.EPOCH.plusSeconds(1_000_000));
  }

  private static void makeOld(Path path, Instant time) throws IOException {
    Files.setLastModifiedTime(path, FileTime.from(time));
  }

  private static void script(Path file, String... lines) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    executable(file);
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
