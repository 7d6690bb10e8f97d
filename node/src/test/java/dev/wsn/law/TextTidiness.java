package dev.wsn.law;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What can be said about any text file of the tree, line by line. */
final class TextTidiness {
  /** Patterns in two halves, so that this file does not match itself. */
  private static final Map<Pattern, String> BANNED = new LinkedHashMap<>();

  static {
    ban("\\b(TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b", "finish it, or open an issue");
    ban("^(<{7}|>{7}|={7})( |$)", "resolve the merge");
    ban("@auth" + "or\\b", "git knows who wrote it");
    ban(
        "(?<![\\w./-])/(wo" + "rk|ro" + "ot|ho" + "me|Us" + "ers|tmp/w" + "t)/",
        "a path of one machine: make it relative to the repository");
    ban(
        "registry\\.npm"
            + "js|npm"
            + "mirror|repo1?\\.ma"
            + "ven|maven\\.o"
            + "rg|"
            + "artifact"
            + "ory|files\\.python"
            + "hosted",
        "a registry's host name: leave the choice to the settings of whoever builds");
    ban("BEGIN [A-Z ]*PRIVATE K" + "EY-{5}\\s*$", "a private key does not belong in the tree");
  }

  /** Official vectors and test keys stay byte for byte what their makers wrote. */
  private static final Pattern COPIED_AS_IS =
      Pattern.compile("src/test/resources/(vectors|pem)/.*\\.(csv|json|pem)$");

  private TextTidiness() {}

  private static void ban(String pattern, String advice) {
    BANNED.put(Pattern.compile(pattern), advice);
  }

  /** Everything that is wrong in one file. */
  static List<Finding> check(SourceFile file) {
    List<Finding> findings = new ArrayList<>();
    if (COPIED_AS_IS.matcher(file.path()).find()) {
      return findings;
    }
    List<String> lines = file.lines();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      for (Map.Entry<Pattern, String> each : BANNED.entrySet()) {
        var match = each.getKey().matcher(line);
        if (match.find()) {
          findings.add(
              new Finding(file.path(), i + 1L, "\"" + match.group() + "\": " + each.getValue()));
        }
      }
      if (line.endsWith(" ") || line.endsWith("\t")) {
        findings.add(new Finding(file.path(), i + 1L, "white space at the end of the line"));
      }
    }
    if (file.text().indexOf('\r') >= 0) {
      findings.add(new Finding(file.path(), 1, "carriage returns: lines end with a line feed"));
    }
    if (!file.text().isEmpty() && !file.text().endsWith("\n")) {
      findings.add(new Finding(file.path(), lines.size(), "the last line has no line feed"));
    }
    return findings;
  }
}
