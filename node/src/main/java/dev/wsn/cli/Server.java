package dev.wsn.cli;

/** A command that runs until it is stopped; being stopped, even before it is up, is its success. */
interface Server {
  /**
   * Looks for options that contradict each other, before anything is opened.
   *
   * @throws CommandFailure that names them as they are typed, {@code --listen}
   */
  default void check() {}

  /** Looks at what this server will need, for {@code wsn doctor}. */
  default void examine(Examination examination) {}

  /**
   * The fields of options that are {@link Reloadable} have new values. Called on a thread of its
   * own, perhaps before the server is up.
   */
  default void reloaded() {}
}
