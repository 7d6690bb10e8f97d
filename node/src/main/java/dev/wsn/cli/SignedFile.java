package dev.wsn.cli;

import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.EventJson;
import dev.wsn.resolver.MalformedJsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Records that were signed in advance: a file with one event per line, each valid in its turn. */
final class SignedFile {
  /** More than a year of records of a day each, two a day. */
  static final int MAX_RECORDS = 1_000;

  private static final long MAX_BYTES = (long) MAX_RECORDS * EventJson.MAX_BYTES;

  private SignedFile() {}

  static void write(Path file, List<AddressRecord> records) {
    StringBuilder lines = new StringBuilder();
    for (AddressRecord each : records) {
      byte[] json = EventJson.write(each.event());
      lines.append(new String(json, StandardCharsets.UTF_8)).append('\n');
    }
    OutFile.write(file, lines.toString());
  }

  /**
   * Reads and verifies all records, the first to begin first.
   *
   * @throws CommandFailure if the file cannot be read, a line is no record, or they are not all of
   *     one key
   */
  static List<AddressRecord> read(Path file, RecordRules rules) {
    List<AddressRecord> records = new ArrayList<>();
    int number = 0;
    for (String line : lines(file)) {
      number++;
      if (!line.isBlank()) {
        records.add(record(file, number, line, rules));
      }
    }
    boolean isOfOneKey = records.stream().map(AddressRecord::pubkey).distinct().count() == 1;
    if (records.size() > MAX_RECORDS || !isOfOneKey) {
      throw CommandFailure.usage(file + " holds no records, more than 1000, or several keys'");
    }
    records.sort(Comparator.comparingLong(AddressRecord::createdAt));
    return records;
  }

  private static List<String> lines(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw CommandFailure.usage(file + " is too long");
      }
      return Files.readAllLines(file);
    } catch (IOException failure) {
      throw CommandFailure.usage(file + " cannot be read: " + failure.getMessage());
    }
  }

  private static AddressRecord record(Path file, int number, String line, RecordRules rules) {
    try {
      NostrEvent event = EventJson.read(line.getBytes(StandardCharsets.UTF_8));
      RecordRules.Verdict verdict = rules.verifyStored(event);
      if (verdict instanceof RecordRules.Verdict.Accepted accepted) {
        return accepted.addressRecord();
      }
      String why = ((RecordRules.Verdict.Refused) verdict).detail();
      throw CommandFailure.usage(file + ", line " + number + ": " + why);
    } catch (MalformedJsonException malformed) {
      throw CommandFailure.usage(
          file + ", line " + number + " is no event: " + malformed.getMessage());
    }
  }

  /**
   * The newest record that has begun.
   *
   * @param records not empty, the first to begin first
   * @throws CommandFailure if all have expired, or none has begun
   */
  static AddressRecord current(Path file, List<AddressRecord> records, long now) {
    long begun = now + RecordRules.MAX_AHEAD.toSeconds();
    AddressRecord last = records.get(records.size() - 1);
    AddressRecord first = records.get(0);
    if (last.expiresAt() <= now) {
      throw CommandFailure.refused(
          "every record in "
              + file
              + " has expired, the last one at "
              + Instant.ofEpochSecond(last.expiresAt())
              + "; sign new ones where the key is, with wsn publish --out");
    }
    if (first.createdAt() > begun) {
      throw CommandFailure.refused(
          "the first record in " + file + " begins at " + Instant.ofEpochSecond(first.createdAt()));
    }
    return records.stream()
        .filter(each -> each.createdAt() <= begun && each.isLive(now))
        .reduce((older, newer) -> newer)
        .orElseThrow(
            () -> CommandFailure.refused("between its records, " + file + " has none for now"));
  }
}
