package dev.wsn.crypto.noise;

import java.security.SecureRandom;

/** The DH functions of the Noise specification (section 4.1). Stateless. */
interface DhFunctions {
  /** The name in the protocol name, such as {@code secp256k1}. */
  String name();

  /** DHLEN: length of a public key and of a DH output. */
  int length();

  /** A fresh ephemeral key pair. */
  KeyPair generate(SecureRandom random);

  /** A key pair that takes part in a DH. */
  interface KeyPair extends AutoCloseable {
    /** The public key, {@link #length} bytes. */
    byte[] publicKey();

    /**
     * The shared secret with the holder of this public key, which the caller wipes.
     *
     * @throws dev.wsn.crypto.MalformedKeyException if that is no public key
     */
    byte[] agree(byte[] remotePublicKey);

    /** Wipes the secret key. */
    @Override
    void close();
  }
}
