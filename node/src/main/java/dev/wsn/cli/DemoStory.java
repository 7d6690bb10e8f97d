package dev.wsn.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Tells what the demo does while it does it, with times; in words or, at the end, as JSON. */
final class DemoStory {
  private static final String BOLD = "\u001b[1m";
  private static final String GREEN = "\u001b[32m";
  private static final String RED = "\u001b[31m";
  private static final String DIM = "\u001b[2m";
  private static final String PLAIN = "\u001b[0m";

  /** Column of the times; titles are shorter. */
  private static final int TITLE_CHARS = 66;

  private final Host host;
  private final PrintWriter words;
  private final boolean isColored;
  private final ArrayNode steps = JsonNodeFactory.instance.arrayNode();

  /** Of the current step. */
  private final List<String> details = new ArrayList<>();

  private final long startMillis;
  private int count;

  /**
   * A story that begins now.
   *
   * @param words where the words go
   */
  DemoStory(Host host, PrintWriter words) {
    this.host = host;
    this.words = words;
    this.isColored = host.isTerminal() && !host.environment().containsKey("NO_COLOR");
    this.startMillis = host.monotonicMillis().getAsLong();
  }

  /** A paragraph between steps. */
  void say(String text) {
    words.println(text);
    words.flush();
  }

  /** A line below the current step's title; facts that the step found out. */
  void detail(String text) {
    details.add(text);
  }

  /**
   * Runs one step.
   *
   * @param name stable, for the JSON
   * @param title a short sentence for people
   * @throws CommandFailure if the step fails, with its title and the reason
   */
  <T> T step(String name, String title, Callable<T> action) {
    if (host.stop().isRequested()) {
      throw CommandFailure.stopped();
    }
    count++;
    details.clear();
    String line = String.format("%2d  %-" + TITLE_CHARS + "s", count, title);
    if (isColored) {
      // Shown at once and completed with the time: a step may take a second.
      words.print(line);
      words.flush();
    }
    long start = host.monotonicMillis().getAsLong();
    try {
      T result = action.call();
      finish(line, DurationText.ofMillis(host.monotonicMillis().getAsLong() - start), GREEN);
      record(name, title, host.monotonicMillis().getAsLong() - start);
      return result;
    } catch (Exception failure) {
      finish(line, "failed", RED);
      throw CommandFailure.failed("step " + count + " (" + title + ") failed: " + reason(failure));
    }
  }

  private void finish(String line, String end, String color) {
    words.println(isColored ? " " + color + end + PLAIN : line + " " + end);
    for (String text : details) {
      words.println("    " + (isColored ? DIM + text + PLAIN : text));
    }
    words.flush();
  }

  private void record(String name, String title, long millis) {
    ObjectNode step = steps.addObject().put("name", name).put("title", title);
    step.put("elapsed_ms", millis);
    details.forEach(step.putArray("details")::add);
  }

  private static String reason(Exception failure) {
    return failure instanceof CommandFailure known
        ? known.text()
        : failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  /** Emphasised on a terminal. */
  String strong(String text) {
    return isColored ? BOLD + text + PLAIN : text;
  }

  /** Milliseconds since the story began. */
  long elapsedMillis() {
    return host.monotonicMillis().getAsLong() - startMillis;
  }

  /** The story as one object: {@code ok}, {@code elapsed_ms}, {@code steps}. */
  ObjectNode json(boolean isOk) {
    ObjectNode json = JsonText.object().put("ok", isOk).put("elapsed_ms", elapsedMillis());
    json.set("steps", steps);
    return json;
  }
}
