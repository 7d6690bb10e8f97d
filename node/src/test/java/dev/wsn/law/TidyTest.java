package dev.wsn.law;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The tree is tidy, from the root of the repository down; and each rule finds what it is for. Runs
 * in the last module, when everything else is built.
 */
class TidyTest {
  private static final String BOUNDS = "kademlia/Protocol.java";
  private static final Pattern DHT =
      Pattern.compile("node/src/main/java/dev/wsn/(wire|kademlia|store|node)/.*");
  private static final Pattern BOUND =
      Pattern.compile("static final \\w+ (MAX_\\w+)\\s*=(?!\\s*Protocol\\.)");

  private static List<SourceFile> tree;

  @BeforeAll
  static void readTheTree() {
    tree = SourceFile.below(SourceFile.root());
  }

  @Test
  void treeIsReadWhole() {
    assertThat(tree)
        .extracting(SourceFile::path)
        .contains(
            "pom.xml",
            "wsn",
            "crypto/src/main/java/dev/wsn/crypto/PublicKey.java",
            "resolver-api/src/main/java/dev/wsn/resolver/Resolver.java",
            "node/src/test/java/dev/wsn/law/TidyTest.java");
  }

  @Test
  void textIsTidy() {
    assertNone(
        tree.stream()
            .filter(file -> !file.isOfOthers() && !file.isFuzzerInput())
            .flatMap(file -> TextTidiness.check(file).stream()));
  }

  @Test
  void javaIsTidy() {
    assertNone(new JavaTidiness().check(tree).stream());
  }

  @Test
  void markdownLinksResolve() {
    MarkdownLinks links = new MarkdownLinks(tree, SourceFile.binaries(SourceFile.root()));
    assertNone(tree.stream().flatMap(file -> links.check(file).stream()));
  }

  @Test
  void boundsOfTheDhtStandInOneFile() {
    assertNone(tree.stream().flatMap(TidyTest::boundsElsewhere));
  }

  /** Those of the DHT that neither stand in its file nor are one of it by another name. */
  private static Stream<Finding> boundsElsewhere(SourceFile file) {
    boolean isOfDht = DHT.matcher(file.path()).matches() && !file.path().endsWith(BOUNDS);
    return isOfDht
        ? BOUND
            .matcher(file.text())
            .results()
            .map(bound -> new Finding(file.path(), 1, bound.group(1) + " belongs into " + BOUNDS))
        : Stream.empty();
  }

  @Test
  void boundElsewhereIsFound() {
    String path = "node/src/main/java/dev/wsn/wire/A.java";
    String own = "class A {\n  static final int MAX_B =\n      3;\n}\n";
    assertThat(boundsElsewhere(new SourceFile(path, own)))
        .singleElement()
        .hasToString(path + ":1: MAX_B belongs into kademlia/Protocol.java");
    assertThat(boundsElsewhere(new SourceFile(path, own.replace("3", "Protocol.MAX_B")))).isEmpty();
    assertThat(boundsElsewhere(new SourceFile("resolver-api/" + path, own))).isEmpty();
  }

  @Test
  void everyMainPackageSaysWhatItIs() {
    assertNone(packagesWithoutDescription(tree));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Thread.sleep(1);                       | Thread.sleep: wait on a condition
          System.out.println(1);                 | System.out: return the text
          java.util.function.Consumer<Exception> c = Exception::printStackTrace; | log it once
          assert 1 + 1 == 2;                     | assert is off in production
          """)
  void bannedStatementIsFound(String statement, String advice) {
    assertThat(java("class A {\n  void a() {\n    " + statement + "\n  }\n}\n"))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.line()).isEqualTo(3);
              assertThat(finding.advice()).contains(advice);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          int getSize() { return 1; }            | accessors are bare nouns
          public void a(Optional<String> name) {} | an Optional parameter
          @Disabled void a() {}                  | fix the test or delete it
          """)
  void bannedMemberIsFound(String member, String advice) {
    assertThat(java("class A {\n" + member + "\n}\n"))
        .singleElement()
        .satisfies(finding -> assertThat(finding.advice()).contains(advice));
  }

  @Test
  void lengthsAreMeasured() {
    String longest = "class A {\n  void a() {\n" + "    a();\n".repeat(68) + "  }\n}\n";
    assertThat(java(longest)).isEmpty();
    assertThat(java(longest.replace("class A {\n", "class A {\n  int b;\n"))).isEmpty();
    assertThat(java(longest.replaceFirst(" {4}a", "    a();\n    a")))
        .singleElement()
        .hasToString(
            "a/src/main/java/A.java:2: a has 71 lines, at most 70: name the steps and"
                + " make them methods");
    assertThat(java("class A {}\n" + "\n".repeat(400))).hasSize(1);
  }

  @Test
  void commandLineMayPrint() {
    String text = "class A {\n  void a() {\n    System.out.println(1);\n  }\n}\n";
    SourceFile file = new SourceFile("node/src/main/java/dev/wsn/cli/A.java", text);
    assertThat(new JavaTidiness().check(List.of(file))).isEmpty();
  }

  @Test
  void bannedTextIsFound() {
    String text = "// TO" + "DO later\nread /ro" + "ot/x\nspace \nhttps://registry.npm" + "js.org";
    assertThat(TextTidiness.check(new SourceFile("a.txt", text)))
        .extracting(Finding::line)
        .containsExactly(1L, 2L, 3L, 4L, 4L);
  }

  @Test
  void deadLinksAreFound() {
    SourceFile page =
        new SourceFile("docs/A.md", "# One\n[b](B.md#two-words)\n[c](../C.md)\n[d](#one)\n");
    SourceFile other = new SourceFile("docs/B.md", "## Two *words*\n[x](A.md#two)\n");
    MarkdownLinks links = new MarkdownLinks(List.of(page, other), Set.of());
    assertThat(links.check(page)).extracting(Finding::line).containsExactly(3L);
    assertThat(links.check(other)).extracting(Finding::line).containsExactly(2L);
  }

  @Test
  void missingPackageDescriptionIsFound() {
    SourceFile file = new SourceFile("a/src/main/java/dev/wsn/a/A.java", "class A {}\n");
    assertThat(packagesWithoutDescription(List.of(file))).hasSize(1);
  }

  private static List<Finding> java(String text) {
    return new JavaTidiness().check(List.of(new SourceFile("a/src/main/java/A.java", text)));
  }

  private static Stream<Finding> packagesWithoutDescription(List<SourceFile> files) {
    Set<String> described =
        files.stream()
            .map(SourceFile::path)
            .filter(path -> path.endsWith("/package-info.java"))
            .map(TidyTest::directory)
            .collect(Collectors.toSet());
    Set<String> packages =
        files.stream()
            .filter(SourceFile::isMainJava)
            .map(file -> directory(file.path()))
            .collect(Collectors.toCollection(TreeSet::new));
    packages.removeAll(described);
    return packages.stream()
        .map(path -> new Finding(path + "/package-info.java", 1, "say what the package is for"));
  }

  private static String directory(String path) {
    return path.substring(0, path.lastIndexOf('/'));
  }

  private static void assertNone(Stream<Finding> findings) {
    String report = findings.map(Finding::toString).collect(Collectors.joining("\n"));
    assertThat(report).withFailMessage("the tree is not tidy:%n%s", report).isEmpty();
  }
}
