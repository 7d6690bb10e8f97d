package dev.wsn.record;

/** The compact binary form of an event of kind 11111, at most 512 bytes. */
@SuppressWarnings("DoNotCallSuggester")
public final class RecordCodec {
  /** The longest compact form. */
  public static final int MAX_BYTES = 512;

  private RecordCodec() {}

  /** The compact form; lossless, so that the id can be recomputed from it. */
  public static byte[] encode(NostrEvent event) {
    throw new UnsupportedOperationException(event.toString());
  }

  /**
   * The event in a compact form; its id is recomputed, its signature not verified.
   *
   * @throws MalformedRecordException for anything that {@link #encode} does not make
   */
  public static NostrEvent decode(byte[] bytes) {
    throw new MalformedRecordException("not a record: " + bytes.length + " bytes");
  }
}
