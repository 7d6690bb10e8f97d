package dev.wsn.gateway.channel;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The two heads as JSON objects. Members that are not known are skipped, so that a later version
 * can say more; a member that occurs twice is refused. Writes without white space, members in the
 * order of PROTOCOL.md, empty ones left out.
 */
public final class HeadJson {
  /** Longest head. */
  public static final int MAX_BYTES = 16_384;

  private static final int MAX_DEPTH = 8;
  private static final int MAX_TOKENS = 1024;
  private static final int MAX_NUMBER_CHARACTERS = 20;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxTokenCount(MAX_TOKENS)
                          .maxNumberLength(MAX_NUMBER_CHARACTERS)
                          .maxStringLength(MAX_BYTES)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private HeadJson() {}

  /** The frame with this head. */
  public static Frame encode(RequestHead head) {
    ObjectNode object = JSON.createObjectNode();
    putUnlessEmpty(object, "method", head.method());
    putUnlessEmpty(object, "service", head.service());
    object.put("path", head.path());
    ArrayNode protocols = JSON.createArrayNode();
    head.protocols().forEach(protocols::add);
    if (!protocols.isEmpty()) {
      object.set("protocols", protocols);
    }
    putFields(object, head.fields());
    return frame(object);
  }

  /** The frame with this head. */
  public static Frame encode(ResponseHead head) {
    ObjectNode object = JSON.createObjectNode();
    object.put("status", head.status());
    putUnlessEmpty(object, "protocol", head.protocol());
    putUnlessEmpty(object, "detail", head.detail());
    putFields(object, head.fields());
    return frame(object);
  }

  private static void putFields(ObjectNode object, List<HttpField> fields) {
    if (!fields.isEmpty()) {
      ArrayNode list = object.putArray("headers");
      fields.forEach(field -> list.addArray().add(field.name()).add(field.value()));
    }
  }

  /** Whether a head with these fields fits into its frame. */
  public static boolean fits(Frame head) {
    return head.payload().length <= MAX_BYTES;
  }

  /**
   * Reads the initiator's head.
   *
   * @throws ChannelException {@link ChannelEnd#BAD_HEAD} if it is not one
   */
  public static RequestHead decodeRequest(Frame head) throws ChannelException {
    ObjectNode object = read(head);
    List<String> protocols = new ArrayList<>();
    JsonNode list = object.path("protocols");
    if (!list.isMissingNode() && !list.isArray()) {
      throw bad();
    }
    for (JsonNode protocol : list) {
      protocols.add(text(protocol));
    }
    try {
      String method = textOrEmpty(object, "method");
      String service = textOrEmpty(object, "service");
      String path = text(object.path("path"));
      return new RequestHead(method, service, path, protocols, fields(object));
    } catch (IllegalArgumentException breaksRule) {
      throw bad();
    }
  }

  /**
   * Reads the responder's head.
   *
   * @throws ChannelException {@link ChannelEnd#BAD_HEAD} if it is not one
   */
  public static ResponseHead decodeResponse(Frame head) throws ChannelException {
    ObjectNode object = read(head);
    JsonNode status = object.path("status");
    if (!status.isInt()) {
      throw bad();
    }
    try {
      String protocol = textOrEmpty(object, "protocol");
      String detail = textOrEmpty(object, "detail");
      return new ResponseHead(status.intValue(), protocol, detail, fields(object));
    } catch (IllegalArgumentException breaksRule) {
      throw bad();
    }
  }

  /** Throws IllegalArgumentException for a field that is a pair of texts and still none. */
  private static List<HttpField> fields(ObjectNode object) throws ChannelException {
    List<HttpField> fields = new ArrayList<>();
    JsonNode list = object.path("headers");
    if (!list.isMissingNode() && !list.isArray()) {
      throw bad();
    }
    for (JsonNode pair : list) {
      if (!pair.isArray() || pair.size() != 2) {
        throw bad();
      }
      fields.add(new HttpField(text(pair.path(0)), text(pair.path(1))));
    }
    return fields;
  }

  private static Frame frame(ObjectNode object) {
    return new Frame(Opcode.HEAD, true, object.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void putUnlessEmpty(ObjectNode object, String name, String value) {
    if (!value.isEmpty()) {
      object.put(name, value);
    }
  }

  private static ObjectNode read(Frame head) throws ChannelException {
    try {
      ByteBuffer utf8 = ByteBuffer.wrap(head.payload());
      String text = StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
      if (JSON.readTree(text) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException | CharacterCodingException notJson) {
      throw bad();
    }
    throw bad();
  }

  private static String text(JsonNode node) throws ChannelException {
    if (!node.isTextual()) {
      throw bad();
    }
    return node.textValue();
  }

  private static String textOrEmpty(ObjectNode object, String name) throws ChannelException {
    return object.has(name) ? text(object.get(name)) : "";
  }

  private static ChannelException bad() {
    return new ChannelException(ChannelEnd.BAD_HEAD);
  }
}
