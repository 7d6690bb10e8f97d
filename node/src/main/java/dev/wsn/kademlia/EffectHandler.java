package dev.wsn.kademlia;

/**
 * Does what the step machine wants; one method per {@link Effect}. Called on the owner's thread.
 */
public interface EffectHandler {
  /** Seals and sends a request. */
  void send(Effect.Send effect);

  /** Seals and sends a reply. */
  void answer(Effect.Answer effect);

  /** Puts a record on disk. */
  void persist(Effect.Persist effect);

  /** See {@link Effect.Erase}. */
  void erase(Effect.Erase effect);

  /** Completes an operation. */
  void finish(Effect.Finish effect);

  /** Sets the one timer. */
  void wakeAt(Effect.WakeAt effect);
}
