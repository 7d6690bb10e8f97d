package dev.wsn.resolver;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads JSON from strangers, one token at a time. The text is UTF-8 without a byte order mark and
 * one value long; its size bounds what has no limit of its own; a field that occurs twice is
 * refused, because two readers could believe different ones. Every way to be wrong ends in {@link
 * MalformedJsonException}, whose sentence never repeats what was read. Not thread-safe; one call of
 * {@link #read} owns one instance.
 */
public final class StrictJson {
  /** Deepest nesting; an event inside a resolution needs 4. */
  public static final int MAX_DEPTH = 8;

  /** Longest string, in characters. */
  public static final int MAX_STRING_CHARS = 8192;

  /** Longest number, in characters; a 64-bit integer needs 20. */
  public static final int MAX_NUMBER_CHARS = 20;

  /** Most tokens in a text. */
  public static final int MAX_TOKENS = 4096;

  /** Most tokens in a text of many parts. */
  public static final int MANY_TOKENS = 200_000;

  private static final JsonFactory FACTORY = factory(MAX_TOKENS);
  private static final JsonFactory WIDE_FACTORY = factory(MANY_TOKENS);

  private static JsonFactory factory(int tokens) {
    return JsonFactory.builder()
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxStringLength(MAX_STRING_CHARS)
                .maxNumberLength(MAX_NUMBER_CHARS)
                .maxTokenCount(tokens)
                .build())
        .build();
  }

  /** What a whole text is read as. */
  public interface Shape<T> {
    /** Consumes one value, which starts at the next token. */
    T read(StrictJson in) throws IOException;
  }

  /** What is done with one field of an object. */
  public interface FieldReader {
    /** Consumes the value of the field, or answers false to have it skipped. */
    boolean read(String name) throws IOException;
  }

  /** What is done with one element of an array. */
  public interface ElementReader {
    /** Consumes the element, whose first token is the current one. */
    void read() throws IOException;
  }

  /** What writes one JSON value. */
  public interface Body {
    /** Writes the value. */
    void write(JsonGenerator out) throws IOException;
  }

  private final JsonParser parser;

  private StrictJson(JsonParser parser) {
    this.parser = parser;
  }

  /**
   * Reads one value and nothing after it.
   *
   * @throws MalformedJsonException if the text is longer than {@code maxBytes}, is no JSON, exceeds
   *     a limit, or is not of this shape
   */
  public static <T> T read(byte[] utf8, int maxBytes, Shape<T> shape) {
    return read(FACTORY, utf8, maxBytes, shape);
  }

  /**
   * As {@link #read}, up to {@link #MANY_TOKENS} tokens.
   *
   * @throws MalformedJsonException as above
   */
  public static <T> T readMuch(byte[] utf8, int maxBytes, Shape<T> shape) {
    return read(WIDE_FACTORY, utf8, maxBytes, shape);
  }

  private static <T> T read(JsonFactory factory, byte[] utf8, int maxBytes, Shape<T> shape) {
    if (utf8.length > maxBytes) {
      throw new MalformedJsonException("the text is longer than " + maxBytes + " bytes");
    }
    try (JsonParser parser = factory.createParser(decode(utf8))) {
      T value = shape.read(new StrictJson(parser));
      if (parser.nextToken() != null) {
        throw new MalformedJsonException("something follows the end of the JSON");
      }
      return value;
    } catch (StreamConstraintsException overLimit) {
      throw new MalformedJsonException(
          "the JSON has over %d levels, %d characters in a string, %d in a number, or %d tokens"
              .formatted(
                  MAX_DEPTH,
                  MAX_STRING_CHARS,
                  MAX_NUMBER_CHARS,
                  factory.streamReadConstraints().getMaxTokenCount()));
    } catch (JsonProcessingException notJson) {
      throw new MalformedJsonException(sentence(notJson));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** Writes one value as UTF-8 without white space. */
  public static byte[] write(Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
      body.write(out);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  private static String decode(byte[] utf8) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException notUtf8) {
      throw new MalformedJsonException("the text is not UTF-8");
    }
  }

  private static String sentence(JsonProcessingException notJson) {
    // Jackson's own message quotes the input, and has no type for duplicates.
    String message = notJson.getOriginalMessage();
    if (message != null && message.startsWith("Duplicate field")) {
      return "a field occurs twice";
    }
    return "the text is not JSON (line %d, column %d)"
        .formatted(notJson.getLocation().getLineNr(), notJson.getLocation().getColumnNr());
  }

  /** Reads the object that starts at the next token. */
  public void nextObject(String what, FieldReader fields) throws IOException {
    parser.nextToken();
    object(what, fields);
  }

  /** Reads the object that starts at the current token; fields nobody wants are skipped. */
  public void object(String what, FieldReader fields) throws IOException {
    expect(JsonToken.START_OBJECT, what, "an object");
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      if (!fields.read(name)) {
        parser.skipChildren();
      }
    }
  }

  /** Reads the array that starts at the next token. */
  public void nextArray(String what, int maxElements, ElementReader elements) throws IOException {
    parser.nextToken();
    array(what, maxElements, elements);
  }

  /** Skips the value at the current token. */
  public void skip() throws IOException {
    parser.skipChildren();
  }

  /** Reads the array that starts at the current token. */
  public void array(String what, int maxElements, ElementReader elements) throws IOException {
    expect(JsonToken.START_ARRAY, what, "an array");
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (++count > maxElements) {
        throw new MalformedJsonException(what + " has more than " + maxElements + " elements");
      }
      elements.read();
    }
  }

  /** The string at the current token. */
  public String text(String what) throws IOException {
    expect(JsonToken.VALUE_STRING, what, "a string");
    return parser.getText();
  }

  /** The string at the current token; anything else is skipped. */
  public Optional<String> textIfAny() throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      return Optional.of(parser.getText());
    }
    parser.skipChildren();
    return Optional.empty();
  }

  /** The 64-bit integer at the current token; anything else is skipped. */
  public OptionalLong integerIfAny() throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
        && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
      return OptionalLong.of(parser.getLongValue());
    }
    parser.skipChildren();
    return OptionalLong.empty();
  }

  /** Whether an array starts at the current token. */
  public boolean isArray() {
    return parser.currentToken() == JsonToken.START_ARRAY;
  }

  /** Whether an object starts at the current token. */
  public boolean isObject() {
    return parser.currentToken() == JsonToken.START_OBJECT;
  }

  /** Whether the current token is true or false. */
  public boolean isFlag() {
    JsonToken token = parser.currentToken();
    return token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE;
  }

  /** The bytes written in lower-case hex at the current token. */
  public byte[] hex(String what, int bytes) throws IOException {
    String text = text(what);
    if (text.length() != 2 * bytes || !text.equals(text.toLowerCase(Locale.ROOT))) {
      throw notHex(what, bytes);
    }
    try {
      return HexFormat.of().parseHex(text);
    } catch (IllegalArgumentException otherDigits) {
      throw notHex(what, bytes);
    }
  }

  private static MalformedJsonException notHex(String what, int bytes) {
    return new MalformedJsonException(
        what + " should be " + 2 * bytes + " lower-case hexadecimal digits");
  }

  /** The integer at the current token; {@code 1.0} and {@code "1"} are none. */
  public long integer(String what, long min, long max) throws IOException {
    expect(JsonToken.VALUE_NUMBER_INT, what, "an integer");
    JsonParser.NumberType type = parser.getNumberType();
    boolean isLong = type == JsonParser.NumberType.INT || type == JsonParser.NumberType.LONG;
    if (!isLong || parser.getLongValue() < min || parser.getLongValue() > max) {
      throw new MalformedJsonException(what + " should be from " + min + " to " + max);
    }
    return parser.getLongValue();
  }

  /** The boolean at the current token. */
  public boolean flag(String what) throws IOException {
    JsonToken token = parser.currentToken();
    if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
      throw new MalformedJsonException(what + " should be true or false");
    }
    return token == JsonToken.VALUE_TRUE;
  }

  private void expect(JsonToken token, String what, String expected) {
    if (parser.currentToken() != token) {
      throw new MalformedJsonException(what + " should be " + expected);
    }
  }
}
