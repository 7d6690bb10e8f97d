package dev.wsn.crypto;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Loads {@link Secp256k1Native} once, when it is first asked for. A class of its own, because where
 * the binding is not on the class path the other one cannot even be linked.
 */
final class NativeLibrary {
  private static final @Nullable Secp256k1 LOADED;
  private static final @Nullable Throwable FAILURE;

  static {
    Secp256k1 loaded = null;
    Throwable failure = null;
    try {
      loaded = Secp256k1Native.load();
    } catch (LinkageError | RuntimeException unavailable) {
      failure = unavailable;
    }
    LOADED = loaded;
    FAILURE = failure;
  }

  private NativeLibrary() {}

  /** The back end, or empty where the library does not load. */
  static Optional<Secp256k1> loaded() {
    return Optional.ofNullable(LOADED);
  }

  /**
   * The back end.
   *
   * @throws IllegalStateException where the library does not load; the cause says why
   */
  static Secp256k1 required() {
    return loaded()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "the native secp256k1 library was asked for and does not load here", FAILURE));
  }
}
