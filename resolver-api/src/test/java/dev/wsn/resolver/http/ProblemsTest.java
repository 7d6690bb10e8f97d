package dev.wsn.resolver.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.RecordRejection;
import dev.wsn.resolver.Evidence;
import dev.wsn.resolver.InMemoryResolver;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The catalogue of problems is consistent, documented, and read back as what it came from. */
final class ProblemsTest {
  private static final Evidence EVIDENCE = InMemoryResolver.evidence(ResolvePolicy.QUORUM, 0);

  private static List<Problem> all() throws IllegalAccessException {
    List<Problem> problems = new ArrayList<>();
    for (Field field : Problems.class.getDeclaredFields()) {
      if (field.getType().equals(Problem.class)) {
        problems.add((Problem) field.get(null));
      }
    }
    problems.add(Problems.methodNotAllowed("GET"));
    problems.add(Problems.malformedKey("x"));
    problems.add(Problems.malformedEvent("x"));
    problems.add(Problems.of(new Resolution.NotFound(EVIDENCE)));
    problems.add(Problems.of(new Resolution.Unreachable("x")));
    problems.add(Problems.of(new Resolution.Untrusted("x")));
    problems.add(Problems.of(new Publication.TooFew(1, 2, Map.of())));
    for (RecordRejection reason : RecordRejection.values()) {
      problems.add(Problems.of(new Publication.Refused(reason, "x")));
    }
    return problems;
  }

  @Test
  void everyProblemIsDocumentedWithItsStatus() throws Exception {
    StringBuilder documents = new StringBuilder();
    try (Stream<Path> files = Files.list(Path.of("..", "docs"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".md")).toList()) {
        documents.append(Files.readString(file));
      }
    }
    String text = documents.toString();
    for (Problem problem : all()) {
      String type = "`" + problem.type() + "`";
      boolean isRule = problem.status() == 422 && problem.type().contains("/record-");
      assertThat(text).contains(isRule ? type : "| " + type + " | " + problem.status() + " |");
    }
  }

  @Test
  void oneTypeHasOneStatusAndOneTitle() throws IllegalAccessException {
    List<Problem> all = all();
    assertThat(all).hasSizeGreaterThan(30);
    for (Problem problem : all) {
      assertThat(problem.type()).matches("/problems/[a-z0-9-]+");
      assertThat(problem.status()).isBetween(400, 504);
      assertThat(all)
          .filteredOn(other -> other.type().equals(problem.type()))
          .allMatch(
              other -> other.status() == problem.status() && other.title().equals(problem.title()));
    }
  }

  private static Problem readBack(Problem problem) {
    return Problem.read(problem.status(), problem.json());
  }

  @Test
  void aProblemIsReadBackAsTheAnswerItCameFrom() {
    Resolution notFound = new Resolution.NotFound(EVIDENCE);
    assertThat(Problems.resolution(readBack(Problems.of(notFound)))).contains(notFound);
    Resolution unreachable = new Resolution.Unreachable("nobody");
    assertThat(Problems.resolution(readBack(Problems.of(unreachable)))).contains(unreachable);
    Publication tooFew = new Publication.TooFew(1, 9, Map.of(RecordRejection.FULL, 3));
    assertThat(Problems.publication(readBack(Problems.of(tooFew)))).contains(tooFew);
    for (RecordRejection reason : RecordRejection.values()) {
      Publication refused = new Publication.Refused(reason, "because");
      assertThat(Problems.publication(readBack(Problems.of(refused)))).contains(refused);
    }
  }

  @Test
  void whatAResolverSaysToPeopleIsMadePlainAndShort() {
    String hostile = "a\u001b[2Jb\u202ec\nd\ud83d\ude00" + "x".repeat(400);
    Problem read = readBack(Problem.of(503, "busy", hostile, hostile));
    assertThat(read.detail())
        .startsWith("a\ufffd[2Jb\ufffdc\ufffdd\ud83d\ude00xxx")
        .satisfies(text -> assertThat(text.codePointCount(0, text.length())).isEqualTo(300));
    assertThat(read.title()).isEqualTo(read.detail());
  }

  @Test
  void statusesOfRulesAreThoseOfTheirKind() {
    assertThat(Arrays.stream(RecordRejection.values()))
        .allSatisfy(
            reason -> {
              int status = Problems.refused(reason, "x").status();
              switch (reason) {
                case MALFORMED -> assertThat(status).isEqualTo(400);
                case OLDER_THAN_KNOWN -> assertThat(status).isEqualTo(409);
                case FULL -> assertThat(status).isEqualTo(503);
                default -> assertThat(status).isEqualTo(422);
              }
            });
  }
}
