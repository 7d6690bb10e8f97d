package dev.wsn.gateway.channel;

import java.util.Arrays;
import java.util.Optional;

/**
 * Bytes of a TCP stream to frames (RFC 6455 5.2), without extensions. A frame longer than one piece
 * comes out as pieces of at most that length, so that a message of any size passes in constant
 * memory. Not thread-safe; once it has thrown it is not used again.
 *
 * <p>What arrived as a whole is unmasked where it lies, and comes out as a part of the array that
 * was appended. Holds the bytes of {@link #append} that were not yet taken, and at most one piece.
 */
public final class WebSocketDecoder {
  private static final int MASK_BYTES = 4;

  /** A shorter piece of a long frame waits for more: there should not be very many of them. */
  private static final int LEAST_PIECE_BYTES = 1024;

  /** A piece takes at most this many times the bytes that have come of it. */
  private static final int MOST_GROWTH = 4;

  private static final byte[] NOTHING = new byte[0];

  private final boolean expectsMask;
  private final int maxPieceBytes;
  private final MessageOrder order;

  private byte[] input = NOTHING;
  private int position;
  private int end;

  private Opcode opcode = Opcode.CONTINUATION;
  private boolean isFinal;
  private boolean isInFrame;
  private boolean isLong;
  private long frameRemaining;
  private int mask;
  private byte[] piece = NOTHING;
  private int pieceBytes;
  private int pieceFilled;

  /**
   * A decoder at the start of a stream.
   *
   * @param expectsMask true on the server's side: clients mask, servers do not
   * @param maxPieceBytes longest payload of a frame that comes out, at least 125
   * @param maxMessageBytes longest message that is let through
   */
  public WebSocketDecoder(boolean expectsMask, int maxPieceBytes, long maxMessageBytes) {
    this.expectsMask = expectsMask;
    this.maxPieceBytes = maxPieceBytes;
    this.order = new MessageOrder(maxMessageBytes);
  }

  /** Adds bytes of the stream; call {@link #next} until it is empty. The array is given away. */
  public void append(byte[] bytes) {
    append(bytes, bytes.length);
  }

  /**
   * As {@link #append(byte[])}, of the first bytes of an array that is the caller's again after
   * {@link #keep}.
   */
  public void append(byte[] bytes, int length) {
    int left = end - position;
    if (left == 0) {
      input = bytes;
      end = length;
    } else {
      byte[] joined = new byte[left + length];
      System.arraycopy(input, position, joined, 0, left);
      System.arraycopy(bytes, 0, joined, left, length);
      input = joined;
      end = joined.length;
    }
    position = 0;
  }

  /**
   * The next frame or piece, or empty until more bytes are appended.
   *
   * @throws ChannelException if the bytes break a rule
   */
  public Optional<Frame> next() throws ChannelException {
    if (!isInFrame && !readHeader()) {
      keep();
      return Optional.empty();
    }
    byte[] bytes = input;
    int offset = position;
    if (isLong && pieceFilled == 0) {
      // Goes on in pieces anyway: what has come need not wait, nor be copied.
      pieceBytes = Math.min(pieceBytes, Math.max(end - position, LEAST_PIECE_BYTES));
    }
    if (pieceFilled == 0 && pieceBytes <= end - position) {
      mask = Masking.apply(mask, input, position, pieceBytes);
      position += pieceBytes;
      frameRemaining -= pieceBytes;
    } else {
      fillPiece();
      if (pieceFilled < pieceBytes) {
        keep();
        return Optional.empty();
      }
      bytes = piece;
      offset = 0;
    }
    isInFrame = frameRemaining > 0;
    Frame frame = new Frame(opcode, isFinal && !isInFrame, bytes, offset, pieceBytes);
    opcode = Opcode.CONTINUATION;
    startPiece();
    return Optional.of(frame);
  }

  /**
   * Copies what was not yet taken, and lets go of what was: an idle connection keeps no read buffer
   * alive.
   */
  public void keep() {
    input = position == end ? NOTHING : Arrays.copyOfRange(input, position, end);
    position = 0;
    end = input.length;
  }

  /** Whether bytes wait to be taken. */
  public boolean holdsBytes() {
    return position < end;
  }

  private void startPiece() {
    pieceBytes = (int) Math.min(frameRemaining, maxPieceBytes);
    piece = NOTHING;
    pieceFilled = 0;
  }

  /** Grows with what has arrived: announcing a frame must not cost memory, only sending it. */
  private void fillPiece() {
    int count = Math.min(pieceBytes - pieceFilled, end - position);
    int filled = pieceFilled + count;
    if (filled > piece.length) {
      boolean isMuch = filled >= pieceBytes / MOST_GROWTH;
      int grown = isMuch ? pieceBytes : Math.max(filled, 2 * piece.length);
      piece = Arrays.copyOf(piece, Math.min(pieceBytes, grown));
    }
    System.arraycopy(input, position, piece, pieceFilled, count);
    mask = Masking.apply(mask, piece, pieceFilled, count);
    position += count;
    pieceFilled = filled;
    frameRemaining -= count;
  }

  private boolean readHeader() throws ChannelException {
    int available = end - position;
    if (available < 2) {
      return false;
    }
    int first = input[position];
    int second = input[position + 1];
    if ((first & 0x70) != 0 || (second < 0) != expectsMask) {
      throw new ChannelException(ChannelEnd.BAD_WEBSOCKET);
    }
    Opcode next = Opcode.of(first);
    if (next == Opcode.HEAD) {
      throw new ChannelException(ChannelEnd.UNKNOWN_OPCODE);
    }
    int shortLength = second & 0x7f;
    int lengthBytes = shortLength < 126 ? 0 : shortLength == 126 ? 2 : 8;
    int headerBytes = 2 + lengthBytes + (expectsMask ? MASK_BYTES : 0);
    if (available < headerBytes) {
      return false;
    }
    long length = lengthBytes == 0 ? shortLength : bigEndian(position + 2, lengthBytes);
    boolean isMinimal = lengthBytes == 0 || length > (lengthBytes == 2 ? 125 : 0xffff);
    if (length < 0 || !isMinimal) {
      throw new ChannelException(ChannelEnd.BAD_WEBSOCKET);
    }
    order.admit(next, first < 0, length);
    mask = expectsMask ? (int) bigEndian(position + 2 + lengthBytes, MASK_BYTES) : 0;
    position += headerBytes;
    opcode = next;
    isFinal = first < 0;
    isInFrame = true;
    frameRemaining = length;
    isLong = length > maxPieceBytes;
    startPiece();
    return true;
  }

  /** Bytes that are kept between two appends. */
  int heldBytes() {
    return end - position + piece.length;
  }

  private long bigEndian(int from, int count) {
    long value = 0;
    for (int i = from; i < from + count; i++) {
      value = value << 8 | (input[i] & 0xff);
    }
    return value;
  }
}
