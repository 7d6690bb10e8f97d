package dev.wsn.record;

/**
 * Why an event is not a record to accept. One name per rule; the name in lower case is the metric
 * label and the problem type.
 */
public enum RecordRejection {
  /** The bytes are no event at all, or its time is before 1970. */
  MALFORMED,
  /** The kind is not 11111. */
  WRONG_KIND,
  /** The content is not empty. */
  CONTENT_NOT_EMPTY,
  /** A control character or a lone surrogate in a tag. */
  FORBIDDEN_CHARACTER,
  /** The compact form is over 512 bytes. */
  TOO_LARGE,
  /** No expiration tag, more than one, or one that is no number. */
  NO_EXPIRATION,
  /** The expiration is not in the future. */
  EXPIRED,
  /** {@code expiration - created_at} is over 24 hours, or under 1 second. */
  LIFETIME_TOO_LONG,
  /** {@code created_at} is more than 60 s ahead. */
  FROM_THE_FUTURE,
  /** More than 8 endpoints. */
  TOO_MANY_ENDPOINTS,
  /** An endpoint tag that has no host, port or known protocol, or a host name. */
  BAD_ENDPOINT,
  /** A loopback, private or link-local address outside local mode. */
  PRIVATE_ADDRESS,
  /** An unspecified, multicast or reserved address. */
  UNUSABLE_ADDRESS,
  /** The id is not the hash of the canonical serialization. */
  BAD_ID,
  /** The signature does not verify. */
  BAD_SIGNATURE,
  /** A newer record of the key is known; decided by stores and resolvers. */
  OLDER_THAN_KNOWN,
  /** The place that should keep it has no room; decided by stores. */
  FULL
}
