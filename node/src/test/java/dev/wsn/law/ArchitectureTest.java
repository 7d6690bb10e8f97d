package dev.wsn.law;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The program keeps every law of {@link Laws}, and every law catches the fixture that breaks it: a
 * rule that matches nothing would be green for ever.
 */
class ArchitectureTest {
  private static final Laws LAWS = new Laws("dev.wsn");
  private static final Laws FIXTURE_LAWS = new Laws("dev.wsn.law.fixture");

  private static JavaClasses program;
  private static JavaClasses fixture;

  @BeforeAll
  static void importClasses() {
    program =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.wsn");
    fixture = new ClassFileImporter().importPackages("dev.wsn.law.fixture");
  }

  static Stream<Arguments> rules() {
    return rules(LAWS);
  }

  private static Stream<Arguments> rules(Laws laws) {
    Stream<Arguments> general =
        Stream.of(
            Arguments.of("core knows no I/O", laws.coreKnowsNoInputOrOutput()),
            Arguments.of("simulator does no I/O", laws.simulatorDoesNoInputOrOutput()),
            Arguments.of("only the simulator cheats", laws.onlyTheSimulatorCheats()),
            Arguments.of("clocks", laws.onlyTheCompositionRootReadsClocks()),
            Arguments.of("cycles", laws.packagesHaveNoCycles()),
            Arguments.of("internals", laws.vertxIsUsedThroughItsPublicApi()),
            Arguments.of("netty", laws.nettyStaysInTheTransport()),
            Arguments.of("packages", laws.everyPackageHasItsPlace()),
            Arguments.of("names", laws.namesSayWhatAClassIs()));
    Stream<Arguments> arrows =
        Laws.layers().stream()
            .sorted()
            .map(layer -> Arguments.of("imports of " + layer, laws.importsPointOneWay(layer)));
    return Stream.concat(general, arrows);
  }

  static Stream<Arguments> violations() {
    return Stream.of(
        Arguments.of(FIXTURE_LAWS.coreKnowsNoInputOrOutput(), "SocketOwner"),
        Arguments.of(FIXTURE_LAWS.simulatorDoesNoInputOrOutput(), "FileReader"),
        Arguments.of(FIXTURE_LAWS.onlyTheSimulatorCheats(), "OpenTransport"),
        Arguments.of(FIXTURE_LAWS.onlyTheCompositionRootReadsClocks(), "ClockReader"),
        Arguments.of(FIXTURE_LAWS.onlyTheCompositionRootReadsClocks(), "Dice"),
        Arguments.of(FIXTURE_LAWS.packagesHaveNoCycles(), "Upward"),
        Arguments.of(FIXTURE_LAWS.vertxIsUsedThroughItsPublicApi(), "VertxInsider"),
        Arguments.of(FIXTURE_LAWS.nettyStaysInTheTransport(), "SecondTransport"),
        Arguments.of(FIXTURE_LAWS.importsPointOneWay("record"), "Upward"),
        Arguments.of(FIXTURE_LAWS.everyPackageHasItsPlace(), "Stray"),
        Arguments.of(FIXTURE_LAWS.namesSayWhatAClassIs(), "RoutingManager"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rules")
  void programKeepsTheLaw(String name, ArchRule rule) {
    rule.check(program);
  }

  @ParameterizedTest(name = "{1}: {0}")
  @MethodSource("violations")
  void lawCatchesItsViolation(ArchRule rule, String violator) {
    String report = rule.evaluate(fixture).getFailureReport().toString();
    assertThat(report).contains(violator).doesNotContain("<dev.wsn.law.fixture.node.UdpTransport.");
  }

  @Test
  void lawsAllowWhatIsRight() {
    assertThat(
            FIXTURE_LAWS.importsPointOneWay("node").evaluate(fixture).getFailureReport().isEmpty())
        .isTrue();
  }

  @Test
  void everyModuleIsSeen() {
    String[] expected = {"crypto", "record", "resolver", "kademlia", "node", "cli"};
    Stream<String> seen =
        program.stream().map(JavaClass::getPackageName).distinct().map(ArchitectureTest::layerOf);
    assertThat(seen).containsAll(Arrays.asList(expected));
  }

  private static String layerOf(String packageName) {
    return packageName.split("\\.", -1)[2];
  }
}
