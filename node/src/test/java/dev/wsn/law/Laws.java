package dev.wsn.law;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The laws of ARCHITECTURE.md that a class file can break, as rules over the packages below one
 * root: {@code dev.wsn} for the program, another root for the fixtures that prove that each rule
 * can fail.
 */
final class Laws {
  /** Every package below the root, with the packages it may import besides itself. */
  private static final Map<String, List<String>> IMPORTS =
      Map.ofEntries(
          entry("metrics"),
          entry("crypto"),
          entry("record", "crypto"),
          entry("mapping", "record"),
          entry("resolver", "crypto", "record"),
          entry("kademlia", "crypto", "record"),
          entry("wire", "crypto", "record", "kademlia"),
          entry("simulator", "crypto", "record", "kademlia", "wire"),
          entry("store", "metrics", "crypto", "record", "kademlia", "wire"),
          entry("node", "metrics", "crypto", "record", "resolver", "kademlia", "wire", "store"),
          entry(
              "gateway",
              "metrics",
              "crypto",
              "record",
              "resolver",
              "kademlia",
              "wire",
              "store",
              "node"),
          entry(
              "monitor",
              "metrics",
              "crypto",
              "record",
              "resolver",
              "kademlia",
              "wire",
              "store",
              "node",
              "gateway"),
          entry(
              "cli",
              "metrics",
              "crypto",
              "record",
              "resolver",
              "kademlia",
              "wire",
              "simulator",
              "store",
              "node",
              "gateway",
              "monitor",
              "mapping"));

  private static Map.Entry<String, List<String>> entry(String layer, String... imports) {
    return Map.entry(layer, List.of(imports));
  }

  /** Clocks and random sources: {@code Class.method} or {@code Class.<init>}. */
  private static final Set<String> CLOCKS_AND_RANDOM_SOURCES =
      Set.of(
          "java.lang.System.currentTimeMillis",
          "java.lang.System.nanoTime",
          "java.lang.Math.random",
          "java.time.Instant.now",
          "java.time.LocalDate.now",
          "java.time.LocalDateTime.now",
          "java.time.OffsetDateTime.now",
          "java.time.ZonedDateTime.now",
          "java.time.Clock.systemUTC",
          "java.time.Clock.systemDefaultZone",
          "java.time.Clock.system",
          "java.time.InstantSource.system",
          "java.util.Date.<init>",
          "java.util.Random.<init>",
          "java.util.SplittableRandom.<init>",
          "java.util.UUID.randomUUID",
          "java.util.concurrent.ThreadLocalRandom.current",
          "java.util.random.RandomGenerator.getDefault",
          "java.util.random.RandomGenerator.of",
          "java.security.SecureRandom.<init>",
          "java.security.SecureRandom.getInstance",
          "java.security.SecureRandom.getInstanceStrong");

  private static final Set<String> GIVEN_ITS_VALUE =
      Set.of(
          "java.util.Date[long]",
          "java.security.SecureRandom[java.security.SecureRandomSpi, java.security.Provider]");

  private static final Set<String> THREADS =
      Set.of("java.lang.Thread", "java.lang.Runnable", "java.lang.ThreadLocal", "java.util.Timer");

  private static final String[] IO_PACKAGES = {
    "io.vertx..",
    "io.netty..",
    "java.net..",
    "java.nio.channels..",
    "java.util.concurrent..",
    "java.util.logging..",
    "java.sql..",
    "org.sqlite..",
    "org.slf4j..",
    "ch.qos.logback..",
    "io.micrometer..",
    "com.fasterxml.jackson..",
    "picocli.."
  };

  private static final String UDP_TRANSPORT = ".node.UdpTransport";
  private static final String TCP_SOCKET = ".gateway.TcpSocket";

  private final String root;

  Laws(String root) {
    this.root = root;
  }

  /** The names of the packages directly below the root, whose imports are known. */
  static Set<String> layers() {
    return IMPORTS.keySet();
  }

  /** Law 1. */
  ArchRule coreKnowsNoInputOrOutput() {
    return noClasses()
        .that()
        .resideInAnyPackage(below("crypto"), below("record"), below("kademlia"), below("wire"))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(IO_PACKAGES)
                .or(describe("are threads", type -> THREADS.contains(type.getName()))))
        .because("the core is a pure function of its arguments; the driver does the rest (law 1)");
  }

  /** Law 1 for the simulator, which may hold callbacks but does no I/O. */
  ArchRule simulatorDoesNoInputOrOutput() {
    List<String> banned = new ArrayList<>(List.of(IO_PACKAGES));
    banned.remove("java.util.concurrent..");
    banned.addAll(List.of("java.io..", "java.nio.file.."));
    return noClasses()
        .that()
        .resideInAPackage(below("simulator"))
        .should()
        .dependOnClassesThat(resideInAnyPackage(banned.toArray(String[]::new)))
        .because("a simulation reaches nothing outside of its process (law 1)");
  }

  /** What a simulation needs of the core and no node may use. */
  ArchRule onlyTheSimulatorCheats() {
    return noClasses()
        .that()
        .resideOutsideOfPackages(below("simulator"), below("kademlia"), below("wire"))
        .should()
        .dependOnClassesThat(
            describe(
                "are for simulations",
                type ->
                    type.getName().startsWith(root + ".wire.PlainDatagrams")
                        || type.getName().equals(root + ".kademlia.Acquaintance")))
        .because("open datagrams and contacts that never answered belong into no network");
  }

  /** Law 2. */
  ArchRule onlyTheCompositionRootReadsClocks() {
    return noClasses()
        .that()
        .resideOutsideOfPackage(below("cli"))
        .should()
        .accessTargetWhere(
            describe("a clock or a random source is created", Laws::isClockOrRandomSource))
        .because("take InstantSource, LongSupplier or SecureRandom as an argument (law 2)");
  }

  /** Law 6, first part. */
  ArchRule packagesHaveNoCycles() {
    return SlicesRuleDefinition.slices().matching(root + ".(**)").should().beFreeOfCycles();
  }

  /** Law 6, second part. */
  ArchRule vertxIsUsedThroughItsPublicApi() {
    return noClasses()
        .that(areNot(TCP_SOCKET))
        .should()
        .dependOnClassesThat(
            describe("are internals of Vert.x or Netty", Laws::isInternalOfVertxOrNetty))
        .because("internals change without notice (law 6)");
  }

  /** Law 6, third part. */
  ArchRule nettyStaysInTheTransport() {
    return noClasses()
        .that(areNot(UDP_TRANSPORT).and(areNot(TCP_SOCKET)))
        .should()
        .dependOnClassesThat(resideInAnyPackage("io.netty.."))
        .because("two classes own sockets; everything else speaks Vert.x (law 6)");
  }

  /** Every class but this one and those inside it. */
  private DescribedPredicate<JavaClass> areNot(String below) {
    String name = root + below;
    return describe(
        "are not " + name,
        type -> !type.getName().equals(name) && !type.getName().startsWith(name + "$"));
  }

  /** The arrows between the packages. */
  ArchRule importsPointOneWay(String layer) {
    List<String> allowed = new ArrayList<>();
    allowed.add(below(layer));
    IMPORTS.get(layer).forEach(name -> allowed.add(below(name)));
    String[] packages = allowed.toArray(String[]::new);
    return classes()
        .that()
        .resideInAPackage(below(layer))
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(packages)
                .or(resideOutsideOfPackages(root + "..", "dev.wsn.."))
                .as("reside in %s, or are not ours", allowed))
        .because("imports point one way (ARCHITECTURE.md)");
  }

  /** No package that the arrows do not know. */
  ArchRule everyPackageHasItsPlace() {
    String[] known = IMPORTS.keySet().stream().map(this::below).toArray(String[]::new);
    return classes()
        .should()
        .resideInAnyPackage(known)
        .because("a new package needs its line in Laws.IMPORTS and in ARCHITECTURE.md");
  }

  /** Law 7. */
  ArchRule namesSayWhatAClassIs() {
    return noClasses()
        .should(be(describe("named Manager, Util, Helper, Impl or Record", Laws::isBadlyNamed)))
        .because("a class is named by the field's own noun (law 7)");
  }

  private String below(String layer) {
    return root + "." + layer + "..";
  }

  private static boolean isClockOrRandomSource(JavaAccess<?> access) {
    String owner = access.getTargetOwner().getName();
    return CLOCKS_AND_RANDOM_SOURCES.contains(owner + "." + access.getName())
        && !isGivenItsValue(access.getTarget());
  }

  /** Whether a constructor takes its value (a date) or its bits (a subclass) from the caller. */
  private static boolean isGivenItsValue(AccessTarget target) {
    return target instanceof CodeUnitAccessTarget constructor
        && GIVEN_ITS_VALUE.contains(
            constructor.getOwner().getName()
                + constructor.getRawParameterTypes().stream().map(JavaClass::getName).toList());
  }

  private static boolean isInternalOfVertxOrNetty(JavaClass type) {
    String name = type.getPackageName() + ".";
    return (name.startsWith("io.vertx.") || name.startsWith("io.netty."))
        && (name.contains(".impl.") || name.contains(".internal."));
  }

  private static boolean isBadlyNamed(JavaClass type) {
    String name = type.getSimpleName();
    return name.equals("Record")
        || name.endsWith("Manager")
        || name.endsWith("Util")
        || name.endsWith("Utils")
        || name.endsWith("Helper")
        || name.endsWith("Impl");
  }
}
