package dev.wsn.cli;

import dev.wsn.crypto.Secp256k1;
import dev.wsn.gateway.ChannelFacts;
import dev.wsn.gateway.ChannelProbe;
import dev.wsn.node.DhtNode;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.NetworkStatus;
import dev.wsn.resolver.Resolver;
import dev.wsn.resolver.cache.AnswerCache;
import dev.wsn.resolver.directory.Directory;
import dev.wsn.resolver.directory.TopicIndex;
import dev.wsn.resolver.dns.DnsAnswers;
import dev.wsn.resolver.dns.DnsServer;
import dev.wsn.resolver.http.Backend;
import dev.wsn.resolver.mirror.MirrorAddress;
import dev.wsn.resolver.mirror.MirrorCounts;
import dev.wsn.resolver.mirror.MirroredResolver;
import dev.wsn.resolver.quota.AddressRange;
import dev.wsn.resolver.quota.ForwardedFor;
import dev.wsn.resolver.quota.Quotas;
import dev.wsn.resolver.quota.Rate;
import dev.wsn.resolver.watch.ChangeFeed;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What the resolver of a node allows whom. */
final class ResolverOption {
  private static final Quotas.Rates DEFAULTS = Quotas.Rates.defaults();

  @Reloadable
  @Option(
      names = "--quota-requests",
      paramLabel = "N/s,BURST",
      description = "requests of one client to the resolver, or off (default: 100/s,400)",
      converter = RateConverter.class)
  private Rate requests = DEFAULTS.requests();

  @Reloadable
  @Option(
      names = "--quota-lookups",
      paramLabel = "N/s,BURST",
      description = "what the DHT is asked for one client, or off (default: 10/s,1000)",
      converter = RateConverter.class)
  private Rate lookups = DEFAULTS.lookups();

  @Reloadable
  @Option(
      names = "--quota-publications",
      paramLabel = "N/s,BURST",
      description = "records that one client publishes, or off (default: 1/s,30)",
      converter = RateConverter.class)
  private Rate publications = DEFAULTS.publications();

  @Reloadable
  @Option(
      names = "--trusted-proxy",
      split = ",",
      paramLabel = "IP[/BITS]",
      description =
          "a reverse proxy whose X-Forwarded-For says who the client is; repeatable (default:"
              + " none)",
      converter = RangeConverter.class)
  private List<AddressRange> proxies = new ArrayList<>();

  @Option(
      names = "--dns",
      paramLabel = "IP:PORT",
      description = "where npubs are answered over DNS, UDP and TCP (default: nowhere)",
      converter = ListenAddress.Converter.class)
  private @Nullable ListenAddress dns;

  @Option(
      names = "--dns-suffix",
      paramLabel = "NAME",
      defaultValue = "",
      description = "a domain below which npubs are answered, too (default: none)",
      converter = SuffixConverter.class)
  private String suffix = "";

  @Option(
      names = "--mirror",
      split = ",",
      paramLabel = "WSS-URL",
      description =
          "a Nostr relay that gets the records published here, too, and is asked for what the DHT"
              + " does not have; repeatable (default: none)",
      converter = MirrorConverter.class)
  private List<MirrorAddress> mirrors = new ArrayList<>();

  @Mixin private final TlsOption tls = new TlsOption();

  private volatile ForwardedFor forwarded = ForwardedFor.nobody();
  private volatile Optional<Quotas> started = Optional.empty();

  /**
   * What may be published and dialled.
   *
   * @param isLocal whether loopback and private addresses are dialled
   */
  record Reach(RecordRules rules, Secp256k1 curve, boolean isLocal) {}

  /** The DHT, with the mirrors that there are to be. */
  Resolver mirrored(Vertx vertx, Host host, DhtNode dht, RecordRules rules, MirrorCounts counts) {
    return mirrors.isEmpty()
        ? dht.resolver()
        : new MirroredResolver(
            vertx,
            dht.resolver(),
            mirrors,
            rules,
            dht.versions(),
            counts,
            host.clock(),
            host.monotonicMillis());
  }

  /** Everything that the HTTP face of a node needs. */
  Backend backend(
      Vertx vertx,
      Host host,
      Resolver dht,
      TopicIndex topics,
      Supplier<NetworkStatus> status,
      Reach reach) {
    RecordRules rules = reach.rules();
    Quotas quotas = Quotas.of(rates(), host.monotonicMillis());
    AnswerCache cache =
        new AnswerCache(
            dht,
            rules,
            host.clock(),
            host.monotonicMillis(),
            AnswerCache.Limits.defaults(),
            quotas.limits());
    forwarded = forwarded();
    started = Optional.of(quotas);
    return new Backend(
        cache,
        new ChangeFeed(cache, host.clock(), host.monotonicMillis()),
        status,
        rules,
        new ChannelProbe(
            vertx, reach.curve(), reach.isLocal(), host.monotonicMillis(), host.random()),
        new Directory(
            topics,
            cache,
            new ChannelFacts(
                vertx, reach.curve(), reach.isLocal(), host.monotonicMillis(), host.random()),
            host.monotonicMillis()),
        quotas,
        new DnsAnswers(vertx, cache, quotas.lookups(), host.clock(), suffix),
        () -> forwarded,
        host.clock(),
        host.monotonicMillis(),
        Backend.BODY_PATIENCE);
  }

  /**
   * Looks for values that cannot be.
   *
   * @throws CommandFailure if there are too many proxies or mirrors, or half of what TLS needs
   */
  void check() {
    ForwardedFor unused = forwarded();
    tls.check();
    if (mirrors.size() > MirroredResolver.MAX_MIRRORS) {
      throw CommandFailure.usage(
          "--mirror: there are at most " + MirroredResolver.MAX_MIRRORS + " mirrors");
    }
  }

  /** What is shown with TLS, and whether it is shown at all. */
  TlsOption tls() {
    return tls;
  }

  /** Grants what the options say now. */
  void reloaded() {
    forwarded = forwarded();
    started.ifPresent(quotas -> quotas.change(rates()));
  }

  private Quotas.Rates rates() {
    return new Quotas.Rates(requests, lookups, publications);
  }

  private ForwardedFor forwarded() {
    try {
      return new ForwardedFor(proxies);
    } catch (IllegalArgumentException wrong) {
      throw CommandFailure.usage("--trusted-proxy: " + wrong.getMessage());
    }
  }

  /**
   * Starts the DNS server, if there is to be one.
   *
   * @throws CommandFailure if it cannot listen
   */
  Optional<StartedDns> startDns(Vertx vertx, Host host, Backend backend) {
    if (dns == null) {
      return Optional.empty();
    }
    DnsServer server =
        new DnsServer(vertx, backend.dns(), backend.quotas().limits(), host.monotonicMillis());
    return Optional.of(
        new StartedDns(
            server, Servers.start(server.start(dns.address(), dns.port()), dns, "--dns")));
  }

  /** A DNS server and where it listens. */
  record StartedDns(DnsServer server, IpPort address) {}

  /** Reads the URL of a Nostr relay. */
  static final class MirrorConverter implements ITypeConverter<MirrorAddress> {
    @Override
    public MirrorAddress convert(String text) {
      return MirrorAddress.parse(text)
          .orElseThrow(
              () -> new TypeConversionException("a mirror is a URL such as wss://relay.example"));
    }
  }

  /** Reads a domain name. */
  static final class SuffixConverter implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      if (!DnsAnswers.isSuffix(text)) {
        throw new TypeConversionException("a suffix is a domain name like wsn.example");
      }
      return text;
    }
  }

  /** Reads a rate. */
  static final class RateConverter implements ITypeConverter<Rate> {
    @Override
    public Rate convert(String text) {
      return Rate.parse(text)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "a rate is like 100/s,400 (a hundred a second, four hundred at once), or"
                          + " off"));
    }
  }

  /** Reads a range of addresses. */
  static final class RangeConverter implements ITypeConverter<AddressRange> {
    @Override
    public AddressRange convert(String text) {
      return AddressRange.parse(text)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "the addresses of a proxy are like 127.0.0.1 or 10.0.0.0/8"));
    }
  }
}
