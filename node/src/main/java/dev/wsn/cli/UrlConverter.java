package dev.wsn.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code http://127.0.0.1:4880}: the root of a resolver. */
final class UrlConverter implements ITypeConverter<URI> {
  private static final String FORM = "a resolver is a URL such as http://127.0.0.1:4880";

  @Override
  public URI convert(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException malformed) {
      throw new TypeConversionException(FORM);
    }
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    boolean isHttp = scheme.equals("http") || scheme.equals("https");
    boolean isRoot = uri.getRawQuery() == null && uri.getRawFragment() == null;
    if (!isHttp || uri.getHost() == null || uri.getRawUserInfo() != null || !isRoot) {
      throw new TypeConversionException(FORM);
    }
    return uri;
  }
}
