package dev.wsn.mapping;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads what routers write as XML, as a stream, by local names. A document type ends the reading:
 * nothing of UPnP has one, and entities are how XML reads files and grows without bound.
 */
final class RouterXml {
  /** At most so many services of a description are read; routers have about five. */
  static final int MAX_SERVICES = 64;

  private static final int MAX_TEXT = 512;

  /**
   * A service of a device.
   *
   * @param type {@code serviceType}
   * @param control {@code controlURL}, as written
   */
  record Service(String type, String control) {}

  /**
   * A device with what it contains.
   *
   * @param base {@code URLBase}, empty if there is none
   */
  record Description(String base, List<Service> services) {}

  private RouterXml() {}

  /** Reads a device description, UPnP Device Architecture 1.1, section 2.3. */
  static Description description(InputStream document) throws IOException {
    List<Service> services = new ArrayList<>();
    String[] base = {""};
    Map<String, String> fields = new HashMap<>();
    read(
        document,
        Set.of("URLBase", "serviceType", "controlURL"),
        (name, text) -> {
          if (name.equals("URLBase")) {
            base[0] = text;
          } else {
            fields.put(name, text);
          }
          if (fields.size() == 2) {
            if (services.size() < MAX_SERVICES) {
              services.add(
                  new Service(
                      fields.getOrDefault("serviceType", ""),
                      fields.getOrDefault("controlURL", "")));
            }
            fields.clear();
          }
        });
    return new Description(base[0], List.copyOf(services));
  }

  /** The first text of each of these elements that is there. */
  static Map<String, String> texts(InputStream document, Set<String> names) throws IOException {
    Map<String, String> texts = new HashMap<>();
    read(document, names, texts::putIfAbsent);
    return texts;
  }

  private interface Found {
    void text(String name, String text);
  }

  private static void read(InputStream document, Set<String> names, Found found)
      throws IOException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    try {
      XMLStreamReader reader = factory.createXMLStreamReader(document);
      String open = "";
      StringBuilder text = new StringBuilder();
      while (reader.hasNext()) {
        switch (reader.next()) {
          case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
              throw new IOException("its XML declares entities");
          case XMLStreamConstants.START_ELEMENT -> {
            open = names.contains(reader.getLocalName()) ? reader.getLocalName() : "";
            text.setLength(0);
          }
          case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
            if (!open.isEmpty() && text.length() + reader.getTextLength() <= MAX_TEXT) {
              text.append(reader.getText());
            }
          }
          case XMLStreamConstants.END_ELEMENT -> {
            if (!open.isEmpty()) {
              found.text(open, text.toString().strip());
              open = "";
            }
          }
          default -> {}
        }
      }
      reader.close();
    } catch (XMLStreamException malformed) {
      throw new IOException("its XML is malformed", malformed);
    }
  }
}
