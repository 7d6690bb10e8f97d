package dev.wsn.law;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Relative links of Markdown files: the target and the heading that it names must exist. */
final class MarkdownLinks {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)(?:\\s+\"[^\"]*\")?\\)");
  private static final Pattern HEADING = Pattern.compile("^#{1,6}\\s+(.*?)\\s*#*$");

  private final Map<String, Set<String>> anchorsByPath = new HashMap<>();
  private final Set<String> directories = new HashSet<>();
  private final Set<String> paths = new HashSet<>();

  /**
   * Links within one tree.
   *
   * @param files every text file
   * @param binaryPaths files that can be linked to though they are no text, such as pictures
   */
  MarkdownLinks(List<SourceFile> files, Set<String> binaryPaths) {
    paths.addAll(binaryPaths);
    for (SourceFile file : files) {
      paths.add(file.path());
      if (file.path().endsWith(".md")) {
        anchorsByPath.put(file.path(), anchors(file));
      }
    }
    for (String path : paths) {
      for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
        directories.add(path.substring(0, slash));
      }
    }
  }

  /** Dead links of one file; none when it is not Markdown. */
  List<Finding> check(SourceFile file) {
    List<Finding> findings = new ArrayList<>();
    if (!file.path().endsWith(".md")) {
      return findings;
    }
    boolean isCode = false;
    List<String> lines = file.lines();
    for (int i = 0; i < lines.size(); i++) {
      isCode ^= lines.get(i).stripLeading().startsWith("```");
      Matcher link = LINK.matcher(isCode ? "" : lines.get(i).replaceAll("`[^`]*`", ""));
      while (link.find()) {
        if (!isAlive(file.path(), link.group(1))) {
          findings.add(
              new Finding(
                  file.path(), i + 1L, link.group(1) + ": nothing there; correct the link"));
        }
      }
    }
    return findings;
  }

  private boolean isAlive(String from, String link) {
    if (link.matches("[a-z][a-z0-9+.-]*:.*")) {
      return true;
    }
    int hash = link.indexOf('#');
    String relative = hash < 0 ? link : link.substring(0, hash);
    String anchor = hash < 0 ? "" : link.substring(hash + 1);
    String directory = from.contains("/") ? from.substring(0, from.lastIndexOf('/')) : "";
    String target = relative.isEmpty() ? from : normalized(directory, relative);
    boolean exists = target.isEmpty() || paths.contains(target) || directories.contains(target);
    Set<String> anchors = anchorsByPath.getOrDefault(target, Set.of());
    return exists && (anchor.isEmpty() || !target.endsWith(".md") || anchors.contains(anchor));
  }

  private static String normalized(String directory, String relative) {
    List<String> parts = new ArrayList<>();
    for (String part : (directory + "/" + relative).split("/", -1)) {
      if (part.equals("..")) {
        if (parts.isEmpty()) {
          return "outside of the repository";
        }
        parts.remove(parts.size() - 1);
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return String.join("/", parts);
  }

  /** The anchors that a forge makes of the headings: lower case, no punctuation, hyphens. */
  private static Set<String> anchors(SourceFile file) {
    Set<String> anchors = new HashSet<>();
    Map<String, Integer> seen = new HashMap<>();
    boolean isCode = false;
    for (String line : file.lines()) {
      isCode ^= line.stripLeading().startsWith("```");
      Matcher heading = HEADING.matcher(line);
      if (!isCode && heading.matches()) {
        String anchor =
            heading
                .group(1)
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                .replace(' ', '-');
        int earlier = seen.merge(anchor, 1, Integer::sum) - 1;
        anchors.add(earlier == 0 ? anchor : anchor + "-" + earlier);
      }
    }
    return anchors;
  }
}
