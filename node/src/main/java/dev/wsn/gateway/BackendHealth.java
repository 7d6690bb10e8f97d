package dev.wsn.gateway;

import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the operator when the backend goes away and when it is back, once each. Thread-safe. */
final class BackendHealth {
  private static final Logger LOG = LoggerFactory.getLogger(BackendHealth.class);

  private final URI backend;
  private final AtomicBoolean isDown = new AtomicBoolean();

  BackendHealth(URI backend) {
    this.backend = backend;
  }

  void up() {
    if (isDown.compareAndSet(true, false)) {
      LOG.info("the backend {} answers again", backend);
    }
  }

  void down(Throwable cause) {
    if (isDown.compareAndSet(false, true)) {
      LOG.warn("the backend {} cannot be reached: {}", backend, cause.getMessage());
    }
  }
}
