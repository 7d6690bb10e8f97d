package dev.wsn.law;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * One text file of the tree.
 *
 * @param path relative to the root, with {@code /}
 * @param text the whole content
 */
record SourceFile(String path, String text) {
  private static final Set<String> SKIPPED_DIRECTORIES =
      Set.of(".git", "target", "node_modules", ".idea", ".vscode", ".settings");

  boolean isJava() {
    return path.endsWith(".java");
  }

  boolean isMainJava() {
    return isJava() && path.contains("/src/main/java/");
  }

  /** Written by others and kept as they published it; a test compares it with its hash. */
  boolean isOfOthers() {
    return path.matches("resolver-api/src/main/resources/web/vendor/[^/]+/.*");
  }

  /** Bytes that a fuzzer found, kept as they are, even where they happen to be text. */
  boolean isFuzzerInput() {
    return path.startsWith("node/src/test/resources/fuzz/");
  }

  boolean isInCli() {
    return path.contains("/dev/wsn/cli/");
  }

  /** The lines without their ends. */
  List<String> lines() {
    return text.lines().toList();
  }

  /** The directory above the current one that holds the launcher and the parent POM. */
  static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("wsn")) || !Files.exists(directory.resolve("pom.xml"))) {
      directory = directory.getParent();
      if (directory == null) {
        throw new IllegalStateException("no directory above this one holds wsn and pom.xml");
      }
    }
    return directory;
  }

  /** Every text file below a root except what builds and editors leave there. */
  static List<SourceFile> below(Path root) {
    List<SourceFile> files = new ArrayList<>();
    for (Path file : everything(root)) {
      byte[] bytes = bytes(file);
      if (!isBinary(bytes)) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        files.add(new SourceFile(relative(root, file), text));
      }
    }
    return files;
  }

  /** Paths of the files that are no text. */
  static Set<String> binaries(Path root) {
    Set<String> paths = new TreeSet<>();
    for (Path file : everything(root)) {
      if (isBinary(bytes(file))) {
        paths.add(relative(root, file));
      }
    }
    return paths;
  }

  private static List<Path> everything(Path root) {
    List<Path> files = new ArrayList<>();
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes a) {
              return SKIPPED_DIRECTORIES.contains(String.valueOf(directory.getFileName()))
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) {
              String name = String.valueOf(file.getFileName());
              // In a linked worktree .git is a file with the path of the main one.
              if (a.isRegularFile() && !name.equals(".git") && !name.endsWith(".log")) {
                files.add(file);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return files;
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static String relative(Path root, Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }

  private static boolean isBinary(byte[] bytes) {
    for (byte each : bytes) {
      if (each == 0) {
        return true;
      }
    }
    return false;
  }
}
