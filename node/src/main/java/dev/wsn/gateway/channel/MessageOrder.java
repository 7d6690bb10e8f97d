package dev.wsn.gateway.channel;

/**
 * The rules of RFC 6455 5.4 and 5.5 about which frame may follow which, and how long a message may
 * become. One instance per direction. Not thread-safe.
 */
final class MessageOrder {
  private long maxMessageBytes;
  private long messageBytes;
  private boolean isInMessage;
  private boolean isClosed;

  MessageOrder(long maxMessageBytes) {
    this.maxMessageBytes = maxMessageBytes;
  }

  /** From here on messages have no bound of their own: they are streamed. */
  void lift() {
    maxMessageBytes = Long.MAX_VALUE;
  }

  /**
   * Admits the next frame.
   *
   * @param payloadBytes as announced, before any of it is kept
   * @throws ChannelException if it may not stand here, or is too long
   */
  void admit(Opcode opcode, boolean isFinal, long payloadBytes) throws ChannelException {
    if (isClosed) {
      throw new ChannelException(ChannelEnd.OUT_OF_ORDER);
    }
    if (opcode.isControl()) {
      if (!isFinal || payloadBytes > CloseStatus.MAX_CONTROL_BYTES) {
        throw new ChannelException(ChannelEnd.BAD_CONTROL);
      }
      isClosed = opcode == Opcode.CLOSE;
      return;
    }
    if (isInMessage != (opcode == Opcode.CONTINUATION)) {
      throw new ChannelException(ChannelEnd.OUT_OF_ORDER);
    }
    messageBytes = isInMessage ? messageBytes : 0;
    if (payloadBytes > maxMessageBytes - messageBytes) {
      throw new ChannelException(ChannelEnd.TOO_LARGE);
    }
    messageBytes += payloadBytes;
    isInMessage = !isFinal;
  }
}
