package dev.wsn.node;

/** A file with a secret cannot be used. The message is for people and never has its content. */
public final class SecretFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SecretFileException(String message) {
    super(message);
  }
}
