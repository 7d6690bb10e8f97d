package dev.wsn.kademlia;

/**
 * The numbers of the DHT. The first block is the specification: nodes that disagree about it do not
 * work together. The others bound what this implementation keeps and does, in every package of the
 * DHT.
 */
public final class Protocol {
  // Specification constants (docs/PROTOCOL.md).

  /** Length of ids. */
  public static final int ID_BITS = 256;

  /** Leading bits of a node's id that follow from its address. */
  public static final int ADDRESS_BITS = 21;

  /** Contacts of a bucket, of an answer, and holders of a record. */
  public static final int K = 20;

  /** Longest datagram: what fits an IPv6 packet of 1280 bytes. */
  public static final int MAX_DATAGRAM_BYTES = 1232;

  /** A secret that tokens are made with is replaced after this; the one before it still counts. */
  public static final long TOKEN_SECRET_MILLIS = 5 * 60_000;

  /** A token is used for as long as every callee accepts it. */
  public static final long TOKEN_LIFE_MILLIS = TOKEN_SECRET_MILLIS;

  /** Contacts of one /24 (IPv4) or /48 (IPv6) in a bucket, and in the k closest of a lookup. */
  public static final int MAX_PER_SUBNET_IN_BUCKET = 2;

  /** Contacts of one /24 (IPv4) or /48 (IPv6) in a table. */
  public static final int MAX_PER_SUBNET_IN_TABLE = 10;

  /** Upper bound of a sealed reply without its event and contacts. */
  public static final int REPLY_OVERHEAD_BYTES = 80;

  /** Upper bound of a contact in a reply. */
  public static final int CONTACT_BYTES = 51;

  /** Upper bound of a sealed {@link Request.Ping}; not less than any {@link Reply.Pong}. */
  public static final int PING_BYTES = 80;

  /** A secret that cookies are made with is replaced after this; the one before still counts. */
  public static final long COOKIE_SECRET_MILLIS = 2 * 60_000;

  /** Announcements in an answer. */
  public static final int MAX_ANNOUNCEMENTS_IN_REPLY = 8;

  // Implementation limits.

  /** Announcements that a node keeps for one topic. */
  static final int MAX_ANNOUNCEMENTS_OF_TOPIC = 100;

  /** Announcements that a node keeps, some 5 MB. */
  static final int MAX_ANNOUNCEMENTS = 10_000;

  /** Announcements of one topic that one /24 (IPv4) or /48 (IPv6) may have made. */
  static final int MAX_ANNOUNCEMENTS_OF_SUBNET_IN_TOPIC = 2;

  /** Announcements that one /24 (IPv4) or /48 (IPv6) may have made. */
  static final int MAX_ANNOUNCEMENTS_OF_SUBNET = 64;

  /** Nodes of one ring around a topic that are told or asked, besides the k closest. */
  static final int REGISTRARS_PER_RING = 5;

  /** Announcements that a listing takes from one registrar. */
  static final int MAX_LISTED_PER_REGISTRAR = 32;

  /** Signatures that a listing verifies. */
  static final int MAX_LISTED_VERIFICATIONS = 512;

  /** Records of a listing. */
  public static final int MAX_LISTED = 128;

  /** Records of a listing whose first public address is in one /24 (IPv4) or /48 (IPv6). */
  static final int MAX_LISTED_PER_SUBNET = 4;

  /** Requests that a lookup has in flight. */
  static final int ALPHA = 4;

  /** Requests that a lookup has in flight when answers bring nothing closer, and when joining. */
  static final int WIDE_ALPHA = 10;

  /** Disjoint paths of a {@link ReadPolicy#SECURE} read (S/Kademlia: 4 to 8). */
  static final int DISJOINT_PATHS = 4;

  /** Holders that a {@link ReadPolicy#FAST} read hears before its first answer. */
  static final int FAST_HOLDERS = 9;

  /** Contacts of the buckets that cover the far half, quarter and eighth of the key space. */
  static final int[] WIDE_BUCKETS = {128, 64, 32};

  /** Contacts that wait for a place in a bucket. */
  static final int MAX_REPLACEMENTS = 10;

  /** Unanswered requests in a row after which a contact leaves its bucket. */
  static final int MAX_FAILURES = 3;

  /** Contacts that a lookup remembers; the farthest that was not asked makes room. */
  static final int MAX_SHORTLIST = 256;

  /** Contacts that a lookup asks. */
  static final int MAX_ASKED_PER_LOOKUP = 128;

  /** Commands and upkeep searches that run at the same time. */
  static final int MAX_OPERATIONS = 512;

  /** Requests that wait for their reply. */
  static final int MAX_PENDING_REQUESTS = 8192;

  /** Unknown callers that are being asked whether they are where they seem to be. */
  static final int MAX_UNDER_VERIFICATION = 64;

  /** Stores that wait for the disk. */
  static final int MAX_WAITING_STORES = 1024;

  /** Address tokens of others that are kept; the one used longest ago makes room. */
  static final int MAX_ADDRESS_TOKENS = 2048;

  /** Networks whose votes about the own address are kept, per family. */
  static final int MAX_ADDRESS_VOTES = 32;

  /** Networks that must agree on the own address. */
  static final int MIN_ADDRESS_VOTES = 3;

  /** Contacts that fell silent and are tried again now and then. */
  static final int MAX_LOST_CONTACTS = 64;

  /** Addresses that were sent to within some minutes; more are taken for strangers. */
  static final int MAX_ADDRESSES_SENT_TO = 16_384;

  /** Contacts that came or went and are remembered until the held records were looked through. */
  static final int MAX_CHANGES = 256;

  /** Contacts that are kept for joining again. */
  static final int MAX_JOIN_CONTACTS = 64;

  /** Records of other keys that a node keeps unless {@link Parameters} say otherwise. */
  static final int MAX_RECORDS = 100_000;

  /** Requests that one contact is sent in a lookup. */
  static final int MAX_ATTEMPTS = 2;

  /** Contacts of one key in a lookup. */
  static final int MAX_PER_KEY = 2;

  /** Contacts that the outcome of a lookup tells of. */
  public static final int MAX_ASKED_SHOWN = 128;

  /** Silent referrals after which the others of the same contact have to wait. */
  static final int MAX_SILENT_REFERRALS = 3;

  /** Contacts that are remembered as having named another one. */
  static final int MAX_REFERRERS = 4;

  /** Stores that one contact is sent in a publication. */
  static final int MAX_STORES_SENT = 2;

  /** Versions seen of one record whose topics count. */
  static final int MAX_FORMER_VERSIONS = 2;

  /** The newest votes, which show a change of the own address before it has a majority. */
  static final int LATEST_ADDRESS_VOTES = 4;

  /** Longest pause between two attempts to join. */
  static final long MAX_JOIN_BACKOFF_MILLIS = 5 * 60_000;

  /** Contacts that are pinged at a time. */
  static final int MAX_PINGS_PER_TICK = 16;

  /** Contacts that are pinged when nobody else is: one answers although a datagram is lost. */
  static final int MAX_CONTROLS = 2;

  /** Held records that are republished at the same time. */
  static final int MAX_REPUBLISHING = 4;

  /** Nodes that are called, and as many callers, whose pair of keys is kept. */
  public static final int MAX_PEERS = 4096;

  /** Pairs of keys that are in use at the same time. */
  public static final int MAX_HOT_PAIRS = 1024;

  /** Sealed requests that wait for a reply; more than a node ever has in flight. */
  public static final int MAX_UNANSWERED = 16_384;

  /** Nonces of opened requests: those of the last second or so at full load. */
  public static final int MAX_REPLAYS = 65_536;

  /** Contacts read from messages that are kept, at some 300 bytes each; a power of two. */
  public static final int READ_CONTACTS = 512;

  /** The longest name of a network. */
  public static final int MAX_NETWORK_CHARS = 64;

  /**
   * Datagrams that one key may seal under random 96-bit nonces: NIST SP 800-38D, 8.3. The count
   * begins anew when a pair is forgotten or the process starts.
   */
  public static final long MAX_SEALED = 1L << 32;

  /** More than any datagram of the protocol; what is longer arrives cut to this. */
  public static final int MAX_RECEIVED_BYTES = 1_536;

  /** Questions to the resolver of a node that wait for an answer. */
  public static final int MAX_WAITING_QUESTIONS = 10_000;

  /** Newest versions of records that a client remembers. */
  public static final int MAX_REMEMBERED_BY_CLIENT = 10_000;

  /** Writes that may wait for the disk; more are refused. */
  public static final int MAX_WAITING_WRITES = 8_192;

  /** Writes of one transaction, which bounds the time that the first waits for the last. */
  public static final int MAX_WRITES_TOGETHER = 1_024;

  /** Pages of 4 KiB after which the log of a large database goes into it: 64 MB. */
  public static final int MAX_LOG_PAGES = 16_384;

  /** Rows that one housekeeping transaction deletes, so that stores do not wait for it. */
  public static final int MAX_DELETED_TOGETHER = 1_000;

  /** Records on disk after housekeeping; the soonest to expire go first. */
  public static final int MAX_RECORDS_ON_DISK = 4_000_000;

  /** Versions on disk after housekeeping; the soonest to be forgotten go first. */
  public static final int MAX_VERSIONS_ON_DISK = 8_000_000;

  /** Nodes on disk; the longest unseen go first, and so do those unseen for 30 days. */
  public static final int MAX_CONTACTS_ON_DISK = 1_024;

  /** Damaged databases that are kept for whoever wants to look into them. */
  public static final int MAX_DAMAGED_DATABASES = 3;

  /** The greatest rate that can be set, a second. */
  public static final int MAX_RATE = 1_000_000_000;

  // Abuse limits: requests a second, and how many at once after a pause. "Unproven" are requests
  // whose source address may be forged, "proven" those with a cookie.

  /** Unproven requests of one address, a second. */
  public static final int UNPROVEN_PER_ADDRESS = 200;

  /** Unproven requests of one /24 (IPv4) or /48 (IPv6), a second. */
  public static final int UNPROVEN_PER_SUBNET = 800;

  /** Unproven requests in total, a second. */
  public static final int UNPROVEN_IN_TOTAL = 20_000;

  /** Proven requests of one address, a second. */
  public static final int PROVEN_PER_ADDRESS = 1_000;

  /** Proven requests of one /24 (IPv4) or /48 (IPv6), a second. */
  public static final int PROVEN_PER_SUBNET = 4_000;

  /** Proven requests in total, a second. */
  public static final int PROVEN_IN_TOTAL = 50_000;

  /** Key agreements for unproven requests, a second: 1 % of a core native, 6 % portable. */
  public static final int UNPROVEN_AGREEMENTS = 500;

  /** Key agreements for proven requests, a second. */
  public static final int PROVEN_AGREEMENTS = 2_000;

  /**
   * Challenges to one address, a second: what a forger can make a victim receive, 17 bytes each.
   */
  public static final int CHALLENGES_PER_ADDRESS = 10;

  /** Challenges in total, a second. */
  public static final int CHALLENGES_IN_TOTAL = 50_000;

  /** How many seconds' worth of a rate may come at once. */
  public static final int BURST_SECONDS = 2;

  /** Counters for the rates of sources; a source has two of them, and shares each with others. */
  public static final int RATE_SLOTS = 16_384;

  /** Cookies of others that are kept; the one that was put first makes room. */
  public static final int MAX_COOKIES = 4_096;

  /** How much of the records that a node keeps one /24 (IPv4) or /48 (IPv6) may have stored. */
  public static final double MAX_SHARE_OF_SUBNET = 0.25;

  private Protocol() {}
}
