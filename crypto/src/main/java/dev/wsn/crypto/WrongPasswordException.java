package dev.wsn.crypto;

/** The password does not open the encrypted key, or the key was changed after it was encrypted. */
public final class WrongPasswordException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  WrongPasswordException() {
    super("wrong password, or the encrypted key is damaged");
  }
}
