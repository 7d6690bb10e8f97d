package dev.wsn.cli;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test with two nodes for all of its cases, and a new key for each. */
abstract class NetworkTest {
  static CliNetwork network;

  Path key = Path.of("");
  String npub = "";

  @BeforeAll
  static void startNodes(@TempDir Path directory) {
    network = new CliNetwork(directory);
  }

  @AfterAll
  static void stopNodes() {
    network.close();
  }

  @BeforeEach
  void makeKey(@TempDir Path directory) {
    key = directory.resolve("own.key");
    npub = RecordedHost.keygen(key);
  }
}
