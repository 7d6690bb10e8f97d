package dev.wsn.kademlia;

/**
 * A proof that a node gave out earlier: eight bytes of a keyed hash over what the proof is bound
 * to.
 *
 * @param bits the eight bytes, big-endian; zero means that there is none
 */
public record Token(long bits) {
  /** No proof. */
  public static final Token NONE = new Token(0);

  /** Whether there is a proof to check. */
  public boolean isPresent() {
    return bits != 0;
  }
}
