package dev.wsn.law;

/**
 * Something that the tree may not contain.
 *
 * @param path relative to the root, with {@code /}
 * @param line counted from 1
 * @param advice what is wrong and what to do instead
 */
record Finding(String path, long line, String advice) {
  /** {@code path:line: advice}, which editors make clickable. */
  @Override
  public String toString() {
    return path + ":" + line + ": " + advice;
  }
}
