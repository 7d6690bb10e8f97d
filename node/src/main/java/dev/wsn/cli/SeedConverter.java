package dev.wsn.cli;

import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.Nip19;
import dev.wsn.kademlia.Contact;
import dev.wsn.record.IpPort;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code npub1…@203.0.113.7:4848}: a node through which to join. */
final class SeedConverter implements ITypeConverter<Contact> {
  private static final String FORM =
      "a seed is npub1…@203.0.113.7:4848 or npub1…@[2001:db8::1]:4848";

  @Override
  public Contact convert(String text) {
    int at = text.indexOf('@');
    if (at < 0 || !text.regionMatches(true, 0, Nip19.NPUB, 0, Nip19.NPUB.length())) {
      throw new TypeConversionException(
          text.regionMatches(true, 0, Nip19.NSEC, 0, Nip19.NSEC.length())
              ? "this is a secret key (nsec) where the seed's npub is due; " + FORM
              : FORM);
    }
    Optional<IpPort> address = IpPort.parse(text.substring(at + 1));
    if (address.isEmpty()) {
      throw new TypeConversionException(
          "\""
              + text.substring(at + 1)
              + "\" is no IP:port; host names are not used here; "
              + FORM);
    }
    try {
      return Contact.of(Nip19.parsePublicKey(text.substring(0, at)), address.get());
    } catch (MalformedKeyException malformed) {
      throw new TypeConversionException(String.valueOf(malformed.getMessage()));
    }
  }
}
