package dev.wsn.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A word under which relays announce themselves: lower-case ASCII letters, digits and single
 * hyphens between them, at most 32 characters. One spelling only, so that nobody has to agree on
 * how other scripts fold (PROTOCOL.md, "Topics").
 *
 * @param name 1 to {@link #MAX_LENGTH} characters
 */
public record Topic(String name) {
  /** Longest name, characters. */
  public static final int MAX_LENGTH = 32;

  /** Topics of one record that count; further ones are ignored. */
  public static final int MAX_OF_RECORD = 4;

  private static final String TAG = "t";
  private static final Pattern FORM = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

  /**
   * Checks the form.
   *
   * @throws IllegalArgumentException if the text is no topic; the message says what one is
   */
  public Topic {
    if (name.isEmpty() || name.length() > MAX_LENGTH || !FORM.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a topic is 1 to 32 lower-case letters a-z, digits and single hyphens between them");
    }
  }

  /** The topic with this name; empty if it is none. */
  public static Optional<Topic> parse(String name) {
    try {
      return Optional.of(new Topic(name));
    } catch (IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }

  /** The tag that puts a record under this topic. */
  List<String> tag() {
    return List.of(TAG, name);
  }

  /** The first {@link #MAX_OF_RECORD} topics of an event; tags that name none are ignored. */
  static List<Topic> of(NostrEvent event) {
    List<Topic> topics = new ArrayList<>();
    for (List<String> tag : event.tags()) {
      if (tag.size() >= 2 && tag.get(0).equals(TAG) && topics.size() < MAX_OF_RECORD) {
        parse(tag.get(1)).filter(topic -> !topics.contains(topic)).ifPresent(topics::add);
      }
    }
    return List.copyOf(topics);
  }

  @Override
  public String toString() {
    return name;
  }
}
