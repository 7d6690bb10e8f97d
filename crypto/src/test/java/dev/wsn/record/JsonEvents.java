package dev.wsn.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Signature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Events in and out of the JSON files of the tests. */
final class JsonEvents {
  // ASCII only, so that a lone surrogate survives in the file.
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private JsonEvents() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static JsonNode read(Path file) {
    try {
      return MAPPER.readTree(Files.readString(file));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  static String pretty(JsonNode json) {
    DefaultIndenter lines = new DefaultIndenter("  ", "\n");
    try {
      return MAPPER
              .writer(new DefaultPrettyPrinter().withObjectIndenter(lines))
              .writeValueAsString(json)
          + "\n";
    } catch (JsonProcessingException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  static ObjectNode write(NostrEvent event) {
    ObjectNode json = object();
    json.put("id", event.id().hex());
    json.put("pubkey", event.pubkey().hex());
    json.put("created_at", event.createdAt());
    json.put("kind", event.kind());
    ArrayNode tags = json.putArray("tags");
    for (List<String> tag : event.tags()) {
      tag.forEach(tags.addArray()::add);
    }
    json.put("content", event.content());
    json.put("sig", event.signature().hex());
    return json;
  }

  static NostrEvent event(JsonNode json) {
    List<List<String>> tags = new ArrayList<>();
    for (JsonNode tag : json.get("tags")) {
      List<String> texts = new ArrayList<>();
      tag.forEach(text -> texts.add(text.textValue()));
      tags.add(texts);
    }
    return new NostrEvent(
        EventId.of(hex(json.get("id"))),
        PublicKey.of(hex(json.get("pubkey"))),
        json.get("created_at").longValue(),
        json.get("kind").intValue(),
        tags,
        json.get("content").textValue(),
        Signature.of(hex(json.get("sig"))));
  }

  static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static byte[] hex(JsonNode json) {
    return HexFormat.of().parseHex(json.textValue());
  }
}
