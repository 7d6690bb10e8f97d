package dev.wsn.simulator;

/** What a member does with the requests that it gets. */
enum Role {
  /** Answers as the product does. */
  HONEST,
  /** See {@link Attack.Kind#SILENT}. */
  SILENT,
  /** See {@link Attack.Kind#LYING}. */
  LYING,
  /** See {@link Attack.Kind#POISONING}. */
  POISONING,
  /** See {@link Attack.Kind#STALE}. */
  STALE,
  /** See {@link Attack.Kind#SYBIL} and {@link Attack.Kind#SUBNET}. */
  SYBIL;

  static Role of(Attack.Kind kind) {
    return switch (kind) {
      case SILENT -> SILENT;
      case LYING -> LYING;
      case POISONING -> POISONING;
      case STALE -> STALE;
      case SYBIL, SUBNET -> SYBIL;
    };
  }
}
