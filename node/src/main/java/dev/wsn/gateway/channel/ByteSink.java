package dev.wsn.gateway.channel;

/** Takes bytes, in order, and copies them: where frames are written. */
@FunctionalInterface
public interface ByteSink {
  /**
   * Takes a range of an array.
   *
   * @param bytes the caller's, which it may change afterwards
   */
  void append(byte[] bytes, int offset, int length);
}
