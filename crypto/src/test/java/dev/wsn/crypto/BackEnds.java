package dev.wsn.crypto;

import java.util.stream.Stream;

/** The back ends that every vector runs on; the native one where its library loads. */
public final class BackEnds {
  private BackEnds() {}

  public static Stream<Secp256k1> all() {
    return Stream.concat(Stream.of(Secp256k1.portable()), Secp256k1.nativeLibrary().stream());
  }
}
