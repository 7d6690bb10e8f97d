package dev.wsn.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A YAML file of settings: one mapping, whose keys are the names of options without dashes. A value
 * is a text, or a list of texts.
 */
final class ConfigFile {
  /** Longest file that is read. */
  static final int MAX_BYTES = 64 * 1024;

  private static final String FORM =
      "a configuration is lines of \"name: value\", such as \"listen: 0.0.0.0:4848\"";

  /**
   * One entry.
   *
   * @param text the value as it would be typed; a list is joined by commas
   * @param line where the key stands, from 1
   */
  record Entry(String text, int line) {}

  private final Path file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private ConfigFile(Path file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @return its entries in their order
   * @throws CommandFailure if it is unreadable or no such mapping, with the line
   */
  static Map<String, Entry> read(Path file) {
    ConfigFile reading = new ConfigFile(file);
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw CommandFailure.usage(file + ": a configuration has at most " + MAX_BYTES + " bytes");
      }
      YAMLFactory yaml =
          YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
      try (JsonParser parser = yaml.createParser(Files.readAllBytes(file))) {
        reading.document(parser);
      }
    } catch (NoSuchFileException missing) {
      throw CommandFailure.usage("the configuration file " + file + " does not exist");
    } catch (AccessDeniedException denied) {
      throw CommandFailure.usage(
          "the configuration file " + file + " cannot be read: permission denied");
    } catch (JsonProcessingException malformed) {
      throw reading.wrong(
          malformed.getLocation().getLineNr(),
          "not YAML: " + malformed.getOriginalMessage().lines().findFirst().orElse(""));
    } catch (IOException failure) {
      throw CommandFailure.usage(
          "the configuration file " + file + " cannot be read: " + failure.getMessage());
    }
    return reading.entries;
  }

  private CommandFailure wrong(int line, String why) {
    return CommandFailure.usage(file + ":" + line + ": " + why);
  }

  private void document(JsonParser parser) throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null || first == JsonToken.VALUE_NULL) {
      return;
    }
    if (first != JsonToken.START_OBJECT) {
      throw wrong(parser.currentTokenLocation().getLineNr(), FORM);
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      int line = parser.currentTokenLocation().getLineNr();
      entries.put(name, new Entry(value(parser, name, line), line));
    }
    if (parser.nextToken() != null) {
      throw wrong(parser.currentTokenLocation().getLineNr(), "a configuration is one document");
    }
  }

  private String value(JsonParser parser, String name, int line) throws IOException {
    if (parser.nextToken() != JsonToken.START_ARRAY) {
      return scalar(parser, name, line);
    }
    List<String> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(scalar(parser, name, line));
    }
    return String.join(",", items);
  }

  private String scalar(JsonParser parser, String name, int line) throws IOException {
    JsonToken token = parser.currentToken();
    if (!token.isScalarValue() || token == JsonToken.VALUE_NULL) {
      throw wrong(line, "the value of \"" + name + "\" is neither a text nor a list of texts");
    }
    return parser.getText();
  }
}
