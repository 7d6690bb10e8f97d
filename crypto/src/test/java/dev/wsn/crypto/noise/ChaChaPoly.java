package dev.wsn.crypto.noise;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.OptionalInt;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The cipher functions {@code ChaChaPoly}, to prove the engine on the official vectors with them.
 */
final class ChaChaPoly implements CipherFunctions {
  @Override
  public String name() {
    return "ChaChaPoly";
  }

  @Override
  public Keyed keyed(byte[] key) {
    return new KeyedChaChaPoly(new SecretKeySpec(key, "ChaCha20"));
  }

  private record KeyedChaChaPoly(SecretKeySpec key) implements Keyed {
    @Override
    public int encrypt(
        long nonce, byte[] ad, byte[] in, int offset, int length, byte[] out, int outOffset) {
      try {
        return cipher(Cipher.ENCRYPT_MODE, nonce, ad).doFinal(in, offset, length, out, outOffset);
      } catch (GeneralSecurityException impossible) {
        throw new AssertionError(impossible);
      }
    }

    @Override
    public OptionalInt decrypt(
        long nonce, byte[] ad, byte[] in, int offset, int length, byte[] out, int outOffset) {
      try {
        return OptionalInt.of(
            cipher(Cipher.DECRYPT_MODE, nonce, ad).doFinal(in, offset, length, out, outOffset));
      } catch (AEADBadTagException forged) {
        return OptionalInt.empty();
      } catch (GeneralSecurityException impossible) {
        throw new AssertionError(impossible);
      }
    }

    private Cipher cipher(int mode, long nonce, byte[] ad) throws GeneralSecurityException {
      ByteBuffer iv = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN).putLong(4, nonce);
      Cipher cipher = Cipher.getInstance("ChaCha20-Poly1305");
      cipher.init(mode, key, new IvParameterSpec(iv.array()));
      cipher.updateAAD(ad);
      return cipher;
    }
  }
}
