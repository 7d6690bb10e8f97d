package dev.wsn.kademlia;

import dev.wsn.record.AddressRecord;

/** What the step machine wants done. Effects of one step are applied in order. */
public sealed interface Effect {
  /** Hands the effect to the handler's method for it. */
  void applyTo(EffectHandler handler);

  /** Send a request to a contact. */
  record Send(Contact to, Request request) implements Effect {
    @Override
    public void applyTo(EffectHandler handler) {
      handler.send(this);
    }
  }

  /**
   * Answer a request.
   *
   * @param to who asked
   * @param reply the answer
   * @param maxBytes longest datagram that may carry it
   */
  record Answer(Caller to, Reply reply, int maxBytes) implements Effect {
    @Override
    public void applyTo(EffectHandler handler) {
      handler.answer(this);
    }
  }

  /**
   * Put a record on disk, then call {@link Kademlia#persisted}.
   *
   * @param ticket names the waiting store
   * @param held admitted, newer than what is held
   */
  record Persist(long ticket, HeldRecord held) implements Effect {
    @Override
    public void applyTo(EffectHandler handler) {
      handler.persist(this);
    }
  }

  /** Take a record from the disk, if it is this one: it had to make room. */
  record Erase(AddressRecord addressRecord) implements Effect {
    @Override
    public void applyTo(EffectHandler handler) {
      handler.erase(this);
    }
  }

  /** An operation that a command started has ended, or has a first answer. */
  record Finish(OperationId operation, Outcome outcome) implements Effect {
    @Override
    public void applyTo(EffectHandler handler) {
      handler.finish(this);
    }
  }

  /**
   * Call {@link Kademlia#wake} at this time; the last one given holds. Every list of effects ends
   * with exactly one.
   *
   * @param monotonicMillis as in {@link Now}
   */
  record WakeAt(long monotonicMillis) implements Effect {
    @Override
    public void applyTo(EffectHandler handler) {
      handler.wakeAt(this);
    }
  }
}
