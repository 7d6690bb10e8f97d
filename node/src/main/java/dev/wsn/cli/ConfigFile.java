package dev.wsn.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Defaults for the options of one command from a YAML file: one mapping whose keys are the names of
 * the options without dashes. What the command line says wins.
 */
final class ConfigFile implements IDefaultValueProvider {
  /** Longest file that is read. */
  static final int MAX_BYTES = 64 * 1024;

  /** Names that make no sense in a file. */
  private static final Set<String> COMMAND_LINE_ONLY = Set.of("config", "help", "version");

  private final Path file;
  private final Map<String, String> values;

  private ConfigFile(Path file, Map<String, String> values) {
    this.file = file;
    this.values = Map.copyOf(values);
  }

  /**
   * Reads a file.
   *
   * @param command whose options may be named
   * @throws CommandFailure if it is unreadable, no mapping, or names an unknown key
   */
  static ConfigFile read(Path file, CommandSpec command) {
    JsonNode tree = tree(file);
    Map<String, String> values = new LinkedHashMap<>();
    if (tree.isMissingNode() || tree.isNull()) {
      return new ConfigFile(file, values);
    }
    if (!tree.isObject()) {
      throw CommandFailure.usage(
          file + ": a configuration is lines of \"name: value\", such as \"listen: 0.0.0.0:4848\"");
    }
    Set<String> known = names(command);
    for (Map.Entry<String, JsonNode> entry : tree.properties()) {
      String name = entry.getKey();
      if (!known.contains(name)) {
        throw CommandFailure.usage(
            file
                + ": unknown key \""
                + name
                + "\"; did you mean \""
                + nearest(name, known)
                + "\"?");
      }
      values.put(name, value(file, name, entry.getValue()));
    }
    return new ConfigFile(file, values);
  }

  private static JsonNode tree(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw CommandFailure.usage(file + ": a configuration has at most " + MAX_BYTES + " bytes");
      }
      YAMLFactory yaml =
          YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
      return new ObjectMapper(yaml).readTree(Files.readAllBytes(file));
    } catch (NoSuchFileException missing) {
      throw CommandFailure.usage("the configuration file " + file + " does not exist");
    } catch (AccessDeniedException denied) {
      throw CommandFailure.usage(
          "the configuration file " + file + " cannot be read: permission denied");
    } catch (JsonProcessingException malformed) {
      throw CommandFailure.usage(
          file
              + ":"
              + malformed.getLocation().getLineNr()
              + ": not YAML: "
              + malformed.getOriginalMessage().lines().findFirst().orElse(""));
    } catch (IOException failure) {
      throw CommandFailure.usage(
          "the configuration file " + file + " cannot be read: " + failure.getMessage());
    }
  }

  /** The text that the option would have on the command line; a list is joined by commas. */
  private static String value(Path file, String name, JsonNode node) {
    if (node.isArray()) {
      List<String> items = new ArrayList<>();
      node.forEach(item -> items.add(value(file, name, item)));
      return String.join(",", items);
    }
    if (!node.isValueNode() || node.isNull()) {
      throw CommandFailure.usage(
          file + ": the value of \"" + name + "\" is neither a text nor a list of texts");
    }
    return node.asText();
  }

  private static Set<String> names(CommandSpec command) {
    Set<String> names = new TreeSet<>();
    for (OptionSpec option : command.options()) {
      String name = option.longestName().replaceFirst("^-+", "");
      if (!COMMAND_LINE_ONLY.contains(name)) {
        names.add(name);
      }
    }
    return names;
  }

  private static String nearest(String name, Set<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(candidate -> editDistance(name, candidate)))
        .orElse("");
  }

  /** Insertions, deletions and replacements between two words (Wagner and Fischer 1974). */
  static int editDistance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[other.length()];
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    return argument instanceof OptionSpec option
        ? values.get(option.longestName().replaceFirst("^-+", ""))
        : null;
  }

  /** Whether the file gives this argument a value. */
  boolean sets(ArgSpec argument) {
    return defaultValue(argument) != null;
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
